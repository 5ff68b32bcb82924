"""What every figure is made of: its texts, axes, marks, colours."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from infocentre.graphiques.base import (
    BLANC,
    BLEU,
    ENCRE,
    GRIS,
    GRIS_CLAIR,
    PALETTE,
    POLICE,
)
from infocentre.graphiques.courbe import Seuil
from infocentre.graphiques.descriptions import (
    Description,
    Unite,
)
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import FINE, apostropher, pourcent

Figure = dict[str, Any]
Trace = dict[str, Any]

SYMBOLES = {
    Etat.VERT: "circle",
    Etat.ORANGE: "triangle-up",
    Etat.ROUGE: "square",
    Etat.A_TRAITER: "x",
}
SIGNES = ("circle", "square", "diamond", "x", "triangle-up", "cross", "star", "hexagon")
TIRETS = {"2 3": "dot", "7 3": "dash"}
LARGE_BULLE = 46


@functools.lru_cache(8192)
def texte(dit: str, large: int = LARGE_BULLE) -> str:
    """Return a text as plotly reads it: nothing in it is markup, long lines are cut."""
    lignes = textwrap.wrap(apostropher(dit), large)
    return "<br>".join(escape(un, quote=False) for un in lignes or [""])


@functools.singledispatch
def plotly(d: Description) -> Figure:
    """Return the figure of a chart."""
    raise NotImplementedError(type(d).__name__)


@functools.singledispatch
def hauteur(d: Description) -> int:  # noqa: ARG001 - the usual one
    """Return how high a chart stands on the screen, in pixels."""
    return 340


def en_figure(data: list[Trace], **layout: Any) -> Figure:  # noqa: ANN401 - any of plotly's
    """Return a figure of these traces, over what all have in common."""
    return {"data": data, "layout": COMMUN | layout}


COMMUN: Figure = {
    "font": {"family": POLICE, "size": 13, "color": ENCRE},
    "paper_bgcolor": BLANC,
    "plot_bgcolor": BLANC,
    "separators": f",{FINE}",
    "margin": {"l": 8, "r": 16, "t": 28, "b": 8},
    "hovermode": "closest",
    "hoverlabel": {
        "bgcolor": BLANC,
        "bordercolor": GRIS,
        "align": "left",
        "font": {"family": POLICE, "size": 13, "color": ENCRE},
    },
    "legend": {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "yref": "container",
        "y": 0,
        "yanchor": "bottom",
        "traceorder": "normal",
        "font": {"size": 12},
    },
    "modebar": {"bgcolor": "rgba(255,255,255,.85)", "color": GRIS, "activecolor": BLEU},
    "showlegend": False,
    "bargap": 0.28,
}


def un_axe(unite: Unite | None = None, **plus: Any) -> Figure:  # noqa: ANN401 - any of plotly's
    """Return an axis; with a unit its ticks are written in it."""
    axe: Figure = {
        "gridcolor": GRIS_CLAIR,
        "zerolinecolor": GRIS,
        "linecolor": GRIS,
        "tickcolor": GRIS,
        "tickfont": {"color": GRIS, "size": 12},
        "automargin": True,
        "ticks": "",
    }
    if unite is not None:
        axe |= {"separatethousands": True, "exponentformat": "none"}
        axe |= {"ticksuffix": f"{FINE}%"} if unite.taux else {}
    return axe | plus


def lire_valeur(valeur: float | None, unite: Unite) -> float | None:
    """Return a value as it stands on an axis: a rate in percent."""
    return None if valeur is None else round(valeur * (100 if unite.taux else 1), 9)


def nommer_axe(nom: str) -> Figure:
    """Return the title of an axis."""
    return {"text": texte(nom, 60), "font": {"size": 12, "color": GRIS}}


def en_marques(
    x: Sequence[Any],
    y: Sequence[Any],
    dits: Iterable[str],
    liens: Iterable[str | None],
    **plus: Any,  # noqa: ANN401 - any of plotly's
) -> Trace:
    """Return points that say something, and that lead somewhere."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "hovertext": [texte(un) for un in dits],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [un or "" for un in liens],
        **plus,
    }


def traits_des_seuils(
    seuils: Sequence[Seuil], x: Sequence[Any], *, debout: bool = False
) -> list[Trace]:
    """Return thresholds as dashed lines across, with their names for the key."""
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [100 * un.valeur] * len(x) if debout else x,
            "y": x if debout else [100 * un.valeur] * len(x),
            "name": f"seuil {un.nom} {pourcent(un.valeur)}",
            "line": {"color": un.couleur, "width": 1.5, "dash": TIRETS.get(un.tirets, un.tirets)},
            "hoverinfo": "skip",
        }
        for un in seuils
    ]


def en_ligne(x: Sequence[Any], y: Sequence[Any], nom: str, **ligne: Any) -> Trace:  # noqa: ANN401
    """Return a line, which says nothing when it is pointed at."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": nom,
        "line": ligne,
        "hoverinfo": "skip",
        "connectgaps": False,
    }


def couleur_de(rang: int) -> str:
    """Return the colour of a series."""
    return PALETTE[rang % len(PALETTE)]


def en_barres(
    *,
    x: Sequence[Any],
    y: Sequence[Any],
    dits: Iterable[str],
    couleur: str | Sequence[str],
    liens: Iterable[str | None] = (),
    **plus: Any,  # noqa: ANN401 - any of plotly's
) -> Trace:
    """Return bars that say something, and that lead somewhere."""
    return {
        "type": "bar",
        "x": x,
        "y": y,
        "hovertext": [texte(un) for un in dits],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [un or "" for un in liens] or [""] * len(x),
        "marker": {"color": couleur},
        **plus,
    }

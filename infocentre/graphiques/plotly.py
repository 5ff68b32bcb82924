"""Charts for the screen: each description as a plain plotly figure, a dict of data and layout.

Values of rates are in percent there. What pointing at a mark says is the description's own text;
`customdata` is where a click on it leads. No object of plotly is built: its checks cost 70 ms.
"""

from __future__ import annotations

import functools
import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from infocentre.graphiques.base import (
    BLANC,
    BLEU,
    BLEU_CLAIR,
    COULEURS_ETAT,
    ENCRE,
    GRIS,
    GRIS_CLAIR,
    GRIS_NEUTRE,
    PALETTE,
    POLICE,
    graduations,
)
from infocentre.graphiques.carte import (
    CERCLE,
    VIDE,
    classe,
    noms_des_classes,
    rayon_cercle,
    reperes,
    teintes,
)
from infocentre.graphiques.courbe import Point, Seuil, etendue
from infocentre.graphiques.descriptions import (
    NOMBRE,
    Bande,
    Barres,
    BarresEmpilees,
    Carte,
    Cascade,
    Colonnes,
    Courbe,
    Description,
    Entonnoir,
    Histogramme,
    Lignes,
    Nuage,
    Pyramide,
    Unite,
)
from infocentre.graphiques.distribution import decouper
from infocentre.graphiques.entonnoir import (
    Z_95,
    Z_998,
    a_nommer,
    limite,
    plafond,
)
from infocentre.noyau.etats import DEPASSES, Etat
from infocentre.noyau.francais import FINE, borner, nombre, pourcent
from infocentre.noyau.temps import mois_court

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
LARGE_BULLE, LARGE_NOM = 46, 46
BARRE = 15
PAS_LIMITES = 48
PLACE_CLE = 0.17  # of the width of a map, under it
ETROITE = 350  # a map on a telephone: names that fit there fit everywhere


def texte(dit: str, large: int = LARGE_BULLE) -> str:
    """Return a text as plotly reads it: nothing in it is markup, long lines are cut."""
    return "<br>".join(escape(un, quote=False) for un in textwrap.wrap(dit, large) or [""])


@functools.singledispatch
def plotly(d: Description) -> Figure:
    """Return the figure of a chart."""
    raise NotImplementedError(type(d).__name__)


@functools.singledispatch
def hauteur(d: Description) -> int:  # noqa: ARG001 - the usual one
    """Return how high a chart stands on the screen, in pixels."""
    return 340


# --- Pieces ---------------------------------------------------------------------------------------


def _figure(data: list[Trace], **layout: Any) -> Figure:  # noqa: ANN401 - any of plotly's
    return {"data": data, "layout": _COMMUN | layout}


_COMMUN: Figure = {
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


def _axe(unite: Unite | None = None, **plus: Any) -> Figure:  # noqa: ANN401 - any of plotly's
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


def _lire(valeur: float | None, unite: Unite) -> float | None:
    """Return a value as it stands on an axis: a rate in percent."""
    return None if valeur is None else round(valeur * (100 if unite.taux else 1), 9)


def _nom_axe(nom: str) -> Figure:
    return {"text": texte(nom, 60), "font": {"size": 12, "color": GRIS}}


def _marques(
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


def _seuils(seuils: Sequence[Seuil], x: Sequence[Any], *, debout: bool = False) -> list[Trace]:
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


def _ligne(x: Sequence[Any], y: Sequence[Any], nom: str, **ligne: Any) -> Trace:  # noqa: ANN401
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


# --- Over months ----------------------------------------------------------------------------------


def _dates(mois: Sequence[str]) -> tuple[list[str], Figure]:
    """Return months as dates with an axis that writes them; other periods as they are."""
    if all(len(un) == 7 and un[4] == "-" for un in mois):  # noqa: PLR2004 - AAAA-MM
        return [f"{un}-01" for un in mois], _axe(
            type="date", tickformat="%b %Y", dtick=None, showgrid=False, ticks="outside"
        )
    return [texte(mois_court(un), 20) for un in mois], _axe(type="category", showgrid=False)


@plotly.register
def _(d: Courbe) -> Figure:
    x, axe = _dates([un.mois for un in d.points])
    gradues = etendue(d.points, d.seuils, taux=d.unite.taux)
    ys = [_lire(un.valeur, d.unite) for un in d.points]
    data = _marges(d, x)
    data += _seuils(d.seuils, x) if d.unite.taux else []
    if d.nom_autre:
        autres = [_lire(un.autre, d.unite) for un in d.points]
        data.append(_ligne(x, autres, d.nom_autre, color=GRIS, width=1.5, dash="dot"))
    data.append(_ligne(x, ys, d.valeurs or "valeur", color=BLEU, width=2.5))
    data += _points(d, x, ys)
    bas, haut = _lire(gradues[0], d.unite), _lire(gradues[-1], d.unite)
    return _figure(
        data,
        xaxis=axe,
        yaxis=_axe(d.unite, range=[bas, haut]),
        hovermode="x",
        showlegend=True,
        annotations=_derniere(d, x),
    )


def _marges(d: Courbe, x: Sequence[str]) -> list[Trace]:
    """Return the margins as a ground."""
    connus = [
        un.bas is not None and un.haut is not None and un.valeur is not None for un in d.points
    ]
    if not any(connus):
        return []
    bas = [_lire(un.bas, d.unite) if vu else None for un, vu in zip(d.points, connus, strict=True)]
    haut = [
        _lire(un.haut, d.unite) if vu else None for un, vu in zip(d.points, connus, strict=True)
    ]
    nom = "marge d'incertitude"
    contour_x: list[str | None] = []
    contour_y: list[float | None] = []
    for debut, fin in _suites(connus):
        if contour_x:
            contour_x.append(None)
            contour_y.append(None)
        rangs = range(debut, fin)
        contour_x += [x[rang] for rang in rangs] + [x[rang] for rang in reversed(rangs)]
        contour_y += [bas[rang] for rang in rangs] + [haut[rang] for rang in reversed(rangs)]
    ground = _ligne(contour_x, contour_y, nom, width=0)
    return [ground | {"fill": "toself", "fillcolor": BLEU_CLAIR}]


def _suites(vus: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the runs of what is seen: first rank, rank after the last."""
    suites, debut = [], None
    for rang, vu in enumerate([*vus, False]):
        if vu and debut is None:
            debut = rang
        if not vu and debut is not None:
            suites.append((debut, rang))
            debut = None
    return suites


def _points(d: Courbe, x: Sequence[str], ys: Sequence[float | None]) -> list[Trace]:
    """Return the months one can point at, a trace for each sign, so that the key explains it."""
    traces = []
    connus = [rang for rang, y in enumerate(ys) if y is not None]
    for (nom, symbole, couleur), rangs in _par_signe(d.points, connus).items():
        remarquable = nom is not None
        traces.append(
            _marques(
                [x[rang] for rang in rangs],
                [ys[rang] for rang in rangs],
                [d.dit(d.points[rang]) for rang in rangs],
                [d.points[rang].lien for rang in rangs],
                name=nom or "",
                showlegend=remarquable,
                marker={
                    "symbol": symbole,
                    "color": couleur,
                    "size": 9 if remarquable else 6,
                    "line": {"width": 1.5, "color": couleur} if "open" in symbole else {"width": 0},
                },
            )
        )
    vides = [rang for rang, y in enumerate(ys) if y is None]
    if vides:
        dits = [d.dit(d.points[rang]) for rang in vides]
        marque = {
            "symbol": "x-thin",
            "color": GRIS,
            "size": 7,
            "line": {"width": 1.5, "color": GRIS},
        }
        traces.append(
            _marques(
                [x[rang] for rang in vides],
                [0] * len(vides),
                dits,
                [None] * len(vides),
                name="sans valeur",
                marker=marque,
            )
        )
    return traces


def _par_signe(
    points: Sequence[Point], rangs: Sequence[int]
) -> dict[tuple[str | None, str, str], list[int]]:
    """Sort months by their sign: revised, young, in a bad state, any other."""
    tries: dict[tuple[str | None, str, str], list[int]] = {}
    for rang in rangs:
        un = points[rang]
        signe: tuple[str | None, str, str]
        if un.revise:
            signe = ("valeur révisée", "diamond-open", BLEU)
        elif un.jeune:
            signe = ("mois jeune", "circle-open", BLEU)
        elif un.etat in DEPASSES:
            etat = Etat(un.etat)
            signe = (etat.mot, SYMBOLES[etat], COULEURS_ETAT[etat])
        else:
            signe = (None, "circle", BLEU)
        tries.setdefault(signe, []).append(rang)
    return tries


def _derniere(d: Courbe, x: Sequence[str]) -> list[Figure]:
    """Write the last value at its place."""
    connus = [rang for rang, un in enumerate(d.points) if un.valeur is not None]
    if not connus:
        return []
    dernier = d.points[connus[-1]]
    return [
        {
            "x": x[connus[-1]],
            "y": _lire(dernier.valeur, d.unite),
            "text": f"<b>{texte(d.unite.ecrire(dernier.valeur))}</b>",
            "showarrow": False,
            "xanchor": "left",
            "xshift": 8,
            "font": {"color": BLEU},
            "bgcolor": "rgba(255,255,255,.8)",
        }
    ]


@plotly.register
def _(d: Lignes) -> Figure:
    x, axe = _dates(d.abscisses)
    data = [
        _marques(
            x,
            [_lire(v, d.unite) for v in serie.valeurs],
            [
                f"{mois_court(nom)}, {serie.nom} : {d.unite.ecrire(v)}"
                for nom, v in zip(d.abscisses, serie.valeurs, strict=True)
            ],
            [None] * len(x),
            mode="lines+markers",
            name=texte(serie.nom, 30),
            line={"color": _couleur(rang), "width": 2},
            marker={"symbol": SIGNES[rang % len(SIGNES)], "color": _couleur(rang), "size": 7},
        )
        for rang, serie in enumerate(d.series)
    ]
    return _figure(
        data,
        xaxis=axe,
        yaxis=_axe(d.unite, rangemode="tozero", title=_nom_axe(d.valeurs)),
        showlegend=len(d.series) > 1,
    )


def _couleur(rang: int) -> str:
    return PALETTE[rang % len(PALETTE)]


@plotly.register
def _(d: Colonnes) -> Figure:
    noms = [texte(mois_court(un), 20) for un in d.periodes]
    data: list[Trace] = [
        _barre(
            x=noms,
            y=[_lire(v, d.unite) for v in serie.valeurs],
            dits=[
                f"{mois_court(nom)}, {serie.nom} : {d.unite.ecrire(v)}"
                for nom, v in zip(d.periodes, serie.valeurs, strict=True)
            ],
            couleur=_couleur(rang),
            name=texte(serie.nom, 30),
            text=["" if v is None else texte(d.unite.ecrire(v)) for v in serie.valeurs],
            textposition="inside",
            insidetextanchor="end",
            textangle=0,
            constraintext="inside",
        )
        for rang, serie in enumerate(d.series)
    ]
    return _figure(
        data,
        xaxis=_axe(type="category", showgrid=False),
        yaxis=_axe(d.unite, title=_nom_axe(d.valeurs)),
        barmode="stack" if d.empilees else "group",
        showlegend=len(d.series) > 1,
        uniformtext={"mode": "hide", "minsize": 10},
    )


def _barre(
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


# --- Bars -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rangs:
    """Where bars stand, the first on top, each under its name.

    Names stand over bars, not beside: a telephone has no room beside. A row is as high as the name
    that takes most lines, then its bar.
    """

    noms: tuple[str, ...]

    @property
    def haut(self) -> int:
        """How high a row is, in pixels."""
        lignes = max((un.count("<br>") + 1 for un in self.noms), default=1)
        return 18 * lignes + BARRE + 10

    @property
    def y(self) -> list[int]:
        """The rows."""
        return list(range(len(self.noms)))

    @property
    def sous(self) -> Figure:
        """Where a bar stands in its row: at the foot."""
        debut = 0.5 - (BARRE + 6) / self.haut
        return {"width": BARRE / self.haut, "offset": debut, "orientation": "h"}

    @property
    def pied(self) -> float:
        """Where the bar of a row ends, counted from its middle."""
        return 0.5 - 6 / self.haut

    def titres(self) -> list[Figure]:
        """Return the names, over their bars."""
        place = {"x": 0, "xref": "paper", "xanchor": "left", "align": "left", "yanchor": "bottom"}
        debut = 0.5 - (BARRE + 8) / self.haut
        fond = {"bgcolor": "rgba(255,255,255,.75)", "borderpad": 0, "showarrow": False}
        return [
            {"y": rang + debut, "text": nom, **place, **fond} for rang, nom in enumerate(self.noms)
        ]

    @property
    def axe(self) -> Figure:
        """The axis of the rows, which writes nothing."""
        return {"visible": False, "fixedrange": True, "range": [len(self.noms) - 0.5, -0.5]}

    def hauteur(self, plus: int = 0) -> int:
        """Return how high the chart stands, with its axis and what else it has."""
        return 70 + plus + self.haut * max(1, len(self.noms))


def _rangs(noms: Sequence[str], ecrits: Sequence[str]) -> _Rangs:
    """Return the rows of bars from their names, and what is written in bold after each."""
    return _Rangs(tuple(_titre_barre(nom, un) for nom, un in zip(noms, ecrits, strict=True)))


def _titre_barre(nom: str, ecrit: str) -> str:
    """Return a name, then what it is worth in bold, on a line of its own when there is no room."""
    titre, derniere = texte(nom, LARGE_NOM), (textwrap.wrap(nom, LARGE_NOM) or [""])[-1]
    if not ecrit:
        return titre
    entre = "  " if len(derniere) + len(ecrit) <= LARGE_NOM else "<br>"
    return f"{titre}{entre}<b>{texte(ecrit, 60)}</b>"


def _des_barres(d: Barres) -> _Rangs:
    return _rangs([une.libelle for une in d.lignes], [d.ecrit(une) for une in d.lignes])


@plotly.register
def _(d: Barres) -> Figure:
    rangs = _des_barres(d)
    valeurs = [_lire(une.valeur, d.unite) for une in d.lignes]
    haut = max([v for v in valeurs if v is not None], default=0.0)
    if d.cible:
        haut = max(haut, _lire(d.cible[0], d.unite) or 0)
    if d.maximum:
        haut = max(haut, _lire(d.maximum, d.unite) or 0)
    barre = _barre(
        x=[v or 0 for v in valeurs],
        y=rangs.y,
        dits=[d.dit(une) for une in d.lignes],
        couleur=[une.couleur for une in d.lignes],
        liens=[une.lien for une in d.lignes],
        **rangs.sous,
    )
    bas = min([v for v in valeurs if v is not None] + [0])
    cible = _cible(d.cible, d.unite) if d.cible else {"shapes": [], "annotations": []}
    return _figure(
        [barre],
        xaxis=_axe(d.unite, range=[bas, (haut or 1) * 1.04], nticks=6),
        yaxis=rangs.axe,
        annotations=rangs.titres() + cible["annotations"],
        shapes=cible["shapes"],
        margin=_COMMUN["margin"] | {"t": 46 if d.cible else 28},
    )


def _cible(cible: tuple[float, str], unite: Unite) -> Figure:
    """Return a value to reach as a dashed line with its name above."""
    x = _lire(cible[0], unite)
    place = {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"}
    trait = {"color": ENCRE, "width": 1.5, "dash": "dash"}
    nom = {"x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False}
    return {
        "shapes": [{"type": "line", "layer": "below", "line": trait, **place}],
        "annotations": [{"text": texte(cible[1]), **nom}],
    }


@hauteur.register
def _(d: Barres) -> int:
    return _des_barres(d).hauteur()


@plotly.register
def _(d: BarresEmpilees) -> Figure:
    totaux = [sum(une.parts) for une in d.lignes]
    rangs = _des_empilees(d)
    fois = [100 / (total or 1) if d.parts else 1 for total in totaux]
    data = [
        _barre(
            x=[une.parts[no] * f for une, f in zip(d.lignes, fois, strict=True)],
            y=rangs.y,
            dits=[d.dit(une, no) for une in d.lignes],
            couleur=_couleur(no),
            liens=[une.lien for une in d.lignes],
            name=texte(nom, 30),
            **rangs.sous,
        )
        for no, nom in enumerate(d.series)
    ]
    axe = _axe(Unite(taux=d.parts))
    return _debout(data, axe, rangs, barmode="stack", showlegend=True)


def _debout(data: list[Trace], axe: Figure, rangs: _Rangs, **plus: Any) -> Figure:  # noqa: ANN401
    return _figure(data, xaxis=axe, yaxis=rangs.axe, annotations=rangs.titres(), **plus)


def _des_empilees(d: BarresEmpilees) -> _Rangs:
    totaux = [NOMBRE.ecrire(sum(une.parts)) for une in d.lignes]
    return _rangs([une.libelle for une in d.lignes], totaux)


@hauteur.register
def _(d: BarresEmpilees) -> int:
    return _des_empilees(d).hauteur(30)


@plotly.register
def _(d: Pyramide) -> Figure:
    rangs = _des_faces(d)
    cotes = ([une.gauche for une in d.lignes], [une.droite for une in d.lignes])
    lus = [[_lire(v, d.unite) for v in cote] for cote in cotes]
    haut = max([v for cote in lus for v in cote if v is not None], default=1.0)
    gradues = graduations(haut, 3)
    data = [
        _barre(
            x=[None if v is None else (-v if cote == 0 else v) for v in lus[cote]],
            y=rangs.y,
            dits=[d.dit(une, cote) for une in d.lignes],
            couleur=(BLEU, GRIS_NEUTRE)[cote],
            liens=[une.lien for une in d.lignes],
            name=texte(d.noms[cote], 40),
            **rangs.sous,
        )
        for cote in (0, 1)
    ]
    places = [-v for v in gradues[:0:-1]] + gradues
    suite = f"{FINE}%" if d.unite.taux else ""
    axe = _axe(
        tickvals=places,
        ticktext=[f"{nombre(abs(v), 0 if float(v).is_integer() else 1)}{suite}" for v in places],
        range=[-haut * 1.06, haut * 1.06],
    )
    return _debout(data, axe, rangs, barmode="overlay", showlegend=True)


def _des_faces(d: Pyramide) -> _Rangs:
    """Return the rows, both values of each category being written over its bars."""
    faces = [f"{d.unite.ecrire(une.gauche)} | {d.unite.ecrire(une.droite)}" for une in d.lignes]
    return _rangs([une.libelle for une in d.lignes], faces)


@hauteur.register
def _(d: Pyramide) -> int:
    return _des_faces(d).hauteur(30)


@plotly.register
def _(d: Cascade) -> Figure:
    marches = d.marches()
    rangs = _rangs([une.nom for une in marches], [une.ecrit for une in marches])
    bas = [_lire(min(une.de, une.a), d.unite) or 0.0 for une in marches]
    haut = max([_lire(max(une.de, une.a), d.unite) or 0 for une in marches], default=1.0) or 1.0
    barre = _barre(
        x=[_lire(abs(une.a - une.de), d.unite) for une in marches],
        y=rangs.y,
        dits=[une.dit for une in marches],
        couleur=[une.couleur for une in marches],
        liens=[une.lien for une in d.etapes],
        base=bas,
        **rangs.sous,
    )
    trait = {"color": GRIS, "width": 1, "dash": "dot"}
    jonctions = [
        {
            "type": "line",
            "x0": x,
            "x1": x,
            "y0": rang + rangs.pied,
            "y1": rang + 1 + rangs.sous["offset"],
            "line": trait,
        }
        for rang, une in enumerate(marches[:-1])
        for x in [_lire(une.a, d.unite)]
    ]
    axe = _axe(d.unite, range=[min([*bas, 0]), haut * 1.04], nticks=6)
    return _debout([barre], axe, rangs, shapes=jonctions)


@hauteur.register
def _(d: Cascade) -> int:
    return _rangs([une.libelle for une in d.etapes], [d.ecrit(une) for une in d.etapes]).hauteur()


# --- Spreads --------------------------------------------------------------------------------------


@plotly.register
def _(d: Histogramme) -> Figure:
    classes = decouper(d.mesures, d.seuils)
    fermees = [une for une in classes if une.a is not None]
    pas = (fermees[0].a or 0) - fermees[0].de if fermees else 1.0
    milieux = [une.de + pas / 2 if une.a is not None else une.de + pas for une in classes]
    bornes = [une.de for une in fermees] + [une.a for une in fermees[-1:] if une.a is not None]
    ouverte = [rang for rang, une in enumerate(classes) if une.a is None]
    haut = max((une.nombre for une in classes), default=1)
    barre = _barre(
        x=[_lire(un, d.unite) for un in milieux],
        y=[une.nombre for une in classes],
        dits=[une.dire(d.valeurs, taux=d.unite.taux) for une in classes],
        couleur=BLEU,
        width=(_lire(pas, d.unite) or 1) * 0.94,
        text=[nombre(une.nombre) if une.nombre else "" for une in classes],
        textposition="outside",
        cliponaxis=False,
        showlegend=False,
    )
    saut = max(1, math.ceil(len(bornes) / 10))
    valeurs = bornes[::saut] + [milieux[rang] for rang in ouverte]
    ecrits = [_borne(v, d.unite) for v in bornes[::saut]]
    ecrits += [classes[rang].nom(taux=d.unite.taux) for rang in ouverte]
    vus = [un for un in d.seuils if bornes and un.valeur <= bornes[-1]]
    return _figure(
        [barre, *_seuils(vus, [0, haut * 1.1], debout=True)],
        xaxis=_axe(
            tickvals=[_lire(v, d.unite) for v in valeurs],
            ticktext=[texte(un, 12) for un in ecrits],
            showgrid=False,
            ticks="outside",
            tickangle=0,
        ),
        yaxis=_axe(NOMBRE_ENTIER, title=_nom_axe(d.valeurs), range=[0, haut * 1.15]),
        showlegend=bool(vus),
    )


NOMBRE_ENTIER = Unite(decimales=0)


def _borne(valeur: float, unite: Unite) -> str:
    return pourcent(valeur) if unite.taux else unite.ecrire(valeur)


@hauteur.register
def _(d: Histogramme) -> int:  # noqa: ARG001 - the same for all
    return 280


@plotly.register
def _(d: Bande) -> Figure:
    valeurs = sorted(d.mesures)
    data = _seuils(d.seuils, [-1, 1], debout=True)
    data.append(
        _marques(
            [100 * v for v in valeurs],
            [0] * len(valeurs),
            [f"{rang}e : {pourcent(v, 1)}" for rang, v in enumerate(valeurs, 1)],
            [None] * len(valeurs),
            marker={"color": "#a8a8a8", "size": 7, "opacity": 0.7},
        )
    )
    if d.ensemble is not None:
        trait = {"symbol": "line-ns", "size": 26, "line": {"color": ENCRE, "width": 1.5}}
        dit = f"Taux d'ensemble : {pourcent(d.ensemble, 1)}"
        data.append(_marques([100 * d.ensemble], [0], [dit], [None], marker=trait))
    if d.ici is not None:
        marque = {"symbol": "diamond", "color": BLEU, "size": 13}
        data.append(_marques([100 * d.ici], [0], [pourcent(d.ici, 1)], [None], marker=marque))
    return _figure(
        data,
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        xaxis=_axe(Unite(taux=True), fixedrange=True, rangemode="tozero"),
        yaxis={"visible": False, "fixedrange": True, "range": [-1, 1]},
        dragmode=False,
    )


# --- Points ---------------------------------------------------------------------------------------


@plotly.register
def _(d: Entonnoir) -> Figure:
    """The abscissa is the square root of the effectif, which gives small guichets more room."""
    haut = plafond(d.points, d.ensemble, d.seuils)
    plus_grand = max([un.effectif for un in d.points], default=1)
    effectifs = [
        plus_grand * 1.06 * (rang / PAS_LIMITES) ** 2 for rang in range(1, PAS_LIMITES + 1)
    ]
    x = [math.sqrt(n) for n in effectifs]
    data = _limites(d, effectifs, x)
    ensemble = f"{d.nom_ensemble} {pourcent(d.ensemble, 1)}"
    data.append(_ligne([0, x[-1]], [100 * d.ensemble] * 2, texte(ensemble), color=ENCRE, width=1))
    data += _seuils([un for un in d.seuils if un.valeur <= haut], [0, x[-1]])
    for etat in dict.fromkeys(un.etat for un in sorted(d.points, key=_gravite)):
        retenus = [un for un in d.points if un.etat == etat]
        lu = Etat.lire(etat)
        data.append(
            _marques(
                [math.sqrt(un.effectif) for un in retenus],
                [100 * min(un.taux, haut) for un in retenus],
                [d.dit(un) for un in retenus],
                [un.lien for un in retenus],
                name=lu.mot if lu else "guichet",
                marker=_signe_etat(lu),
            )
        )
    places = _effectifs(plus_grand)
    return _figure(
        data,
        xaxis=_axe(
            range=[0, x[-1]],
            tickvals=[math.sqrt(n) for n in places],
            ticktext=[nombre(n) for n in places],
            title=_nom_axe("effectif (nombre d’unités examinées)"),
        ),
        yaxis=_axe(Unite(taux=True), range=[0, 104 * haut]),
        showlegend=True,
        annotations=_noms(d, haut),
    )


@hauteur.register
def _(d: Entonnoir) -> int:  # noqa: ARG001 - the same for all
    return 460


def _gravite(un: Any) -> int:  # noqa: ANN401 - a point
    lu = Etat.lire(un.etat)
    return lu.gravite if lu else 0


def _signe_etat(etat: Etat | None) -> Figure:
    """Return the sign of a state: told apart by its shape."""
    if etat not in SYMBOLES:
        return {"symbol": "circle-open", "color": GRIS, "size": 9, "line": {"width": 1.5}}
    return {"symbol": SYMBOLES[etat], "color": COULEURS_ETAT[etat], "size": 10}


def _limites(d: Entonnoir, effectifs: Sequence[float], x: Sequence[float]) -> list[Trace]:
    """Return the four limits, a name in the key for each pair."""
    if not 0 < d.ensemble < 1:
        return []
    traces = []
    for z, tirets, nom in ((Z_95, "dash", "limites à 95 %"), (Z_998, "solid", "limites à 99,8 %")):
        for signe in (1, -1):
            y = [100 * limite(d.ensemble, n, signe * z) for n in effectifs]
            y_vus = [v if signe > 0 or v > 0 else None for v in y]
            trait = _ligne(x, y_vus, nom, color=BLEU, width=1.2, dash=tirets)
            traces.append(trait | {"legendgroup": nom, "showlegend": signe > 0})
    return traces


def _effectifs(plus_grand: int) -> list[float]:
    """Return round counts, far enough from one another on a scale of square roots."""
    retenus = [0.0]
    ronds = (m * 10**p for p in range(9) for m in (1, 2, 5))
    for n in ronds:
        if n <= plus_grand and math.sqrt(n) - math.sqrt(retenus[-1]) > math.sqrt(plus_grand) / 12:
            retenus.append(n)
    return retenus


def _noms(d: Entonnoir, haut: float) -> list[Figure]:
    """Name those highest above the funnel, where no other name stands."""
    ecrits: list[Figure] = []
    large = math.sqrt(max([un.effectif for un in d.points], default=1))
    prises: list[tuple[float, float]] = []
    for un in a_nommer(d.points, d.ensemble):
        place = (math.sqrt(un.effectif) / large, min(un.taux, haut) / haut)
        if any(abs(place[0] - x) < 0.4 and abs(place[1] - y) < 0.05 for x, y in prises):  # noqa: PLR2004
            continue
        prises.append(place)
        suite = f" ↑ {pourcent(un.taux, 1)}" if un.taux > haut else ""
        a_droite = place[0] < 0.5  # noqa: PLR2004
        ecrits.append(
            {
                "x": math.sqrt(un.effectif),
                "y": 100 * min(un.taux, haut),
                "text": texte(borner(un.nom, 28) + suite, 60),
                "showarrow": False,
                "xanchor": "left" if a_droite else "right",
                "xshift": 9 if a_droite else -9,
                "font": {"size": 11},
                "bgcolor": "rgba(255,255,255,.75)",
            }
        )
    return ecrits


@plotly.register
def _(d: Nuage) -> Figure:
    series = list(dict.fromkeys(un.serie for un in d.points))
    data = []
    for rang, serie in enumerate(series):
        retenus = [un for un in d.points if un.serie == serie]
        data.append(
            _marques(
                [_lire(un.x, d.unites[0]) for un in retenus],
                [_lire(un.y, d.unites[1]) for un in retenus],
                [d.dit(un) for un in retenus],
                [un.lien for un in retenus],
                name=texte(serie, 30),
                marker={
                    "symbol": SIGNES[rang % len(SIGNES)],
                    "color": _couleur(rang),
                    "size": 8,
                    "opacity": 0.75,
                },
            )
        )
    return _figure(
        data,
        xaxis=_axe(d.unites[0], title=_nom_axe(d.abscisse)),
        yaxis=_axe(d.unites[1], title=_nom_axe(d.ordonnee)),
        showlegend=len(series) > 1,
    )


@hauteur.register
def _(d: Nuage) -> int:  # noqa: ARG001 - the same for all
    return 420


# --- Map ------------------------------------------------------------------------------------------


@plotly.register
def _(d: Carte) -> Figure:
    """Each territory is a filled outline that one can point at; a class of shades is a key."""
    data = [_territoire(d, code) for code in d.fond.anneaux]
    vues: set[str] = set()
    for un in data:  # the key names each class once
        un["showlegend"] = un["name"] not in vues and bool(un["name"])
        vues.add(un["name"])
    data.sort(key=lambda un: un["legendrank"])
    data.append(_bords(d))
    formes, cle = ([], []) if d.bornes is not None else _cercles(d)
    bas = d.fond.hauteur + (PLACE_CLE * d.fond.largeur if cle else 0)
    cachee = {"visible": False, "constrain": "domain"}
    return _figure(
        data,
        margin={"l": 0, "r": 0, "t": 28, "b": 0},
        xaxis=cachee | {"range": [0, d.fond.largeur]},
        yaxis=cachee | {"range": [bas, 0], "scaleanchor": "x"},
        shapes=formes,
        annotations=[
            {
                "x": x,
                "y": y,
                "text": texte(nom, 60),
                "showarrow": False,
                "font": {"size": 12},
                "bgcolor": "rgba(255,255,255,.8)",
                "borderpad": 1,
                "captureevents": False,
            }
            for nom, x, y in d.fond.placer(d.etiquettes, ETROITE / d.fond.largeur)
        ]
        + cle,
        showlegend=True,
    )


def _territoire(d: Carte, code: str) -> Trace:
    lieu = d.lieux.get(code)
    nom, rang, remplissage = _remplir(d, code)
    x: list[float | None] = []
    y: list[float | None] = []
    for anneau in d.fond.anneaux[code]:
        x += [None] * bool(x) + [un[0] for un in (*anneau, anneau[0])]
        y += [None] * bool(y) + [un[1] for un in (*anneau, anneau[0])]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "fill": "toself",
        "hoveron": "fills",
        "hoverinfo": "text" if lieu else "skip",
        "text": texte(lieu.dit) if lieu else "",
        "customdata": [lieu.lien or ""] if lieu else [""],
        "name": texte(nom, 40),
        "legendgroup": nom,
        "legendrank": rang,
        "line": {"color": BLANC, "width": 0.7},
        **remplissage,
    }


def _remplir(d: Carte, code: str) -> tuple[str, int, Figure]:
    """Return the class of a territory, its rank in the key, how it is filled."""
    lieu = d.lieux.get(code)
    if lieu is None:
        return "", 100, {"fillcolor": VIDE}
    if lieu.valeur is None:
        hachures = {
            "shape": "/",
            "size": 6,
            "solidity": 0.2,
            "fgcolor": GRIS_NEUTRE,
            "bgcolor": VIDE,
        }
        return d.hachures, 99, {"fillcolor": VIDE, "fillpattern": hachures}
    if d.bornes is None:
        return "", 100, {"fillcolor": VIDE}
    rang = classe(lieu.valeur, d.bornes)
    nom = noms_des_classes(d.bornes, taux=d.unite.taux)[rang]
    return nom, rang, {"fillcolor": teintes(len(d.bornes) + 1)[rang]}


def _bords(d: Carte) -> Trace:
    """Return the borders of groups and the outline."""
    x: list[float | None] = []
    y: list[float | None] = []
    for bord in d.fond.bords:
        x += [None] * bool(x) + [un[0] for un in bord]
        y += [None] * bool(y) + [un[1] for un in bord]
    return _ligne(x, y, "", color=ENCRE, width=1.1) | {"showlegend": False}


def _cercles(d: Carte) -> tuple[list[Figure], list[Figure]]:
    """Return circles in the map's own units, so that zooming keeps them in proportion, and a key.

    The key stands under the map: three round counts and what they are.
    """
    valeurs = {code: lieu.valeur for code, lieu in d.lieux.items() if lieu.valeur}
    plus_grand = max(valeurs.values(), default=1)
    tries = sorted(valeurs.items(), key=lambda un: -un[1])
    formes = [
        _cercle(centre.x, centre.y, rayon_cercle(valeur, plus_grand, d.fond))
        for code, valeur in tries
        if (centre := d.fond.centres.get(code))
    ]
    x, bas = 4.0, d.fond.hauteur + PLACE_CLE * d.fond.largeur
    cle = []
    for valeur in reperes(plus_grand):
        r = rayon_cercle(valeur, plus_grand, d.fond)
        formes.append(_cercle(x + r, bas - r - 2, r))
        nom = {"x": x + 2 * r, "y": bas - r - 2, "xanchor": "left", "showarrow": False}
        cle.append({"text": texte(d.unite.ecrire(valeur)), "font": {"size": 12}, **nom})
        x += 2 * r + 0.16 * d.fond.largeur
    return formes, cle


def _cercle(x: float, y: float, r: float) -> Figure:
    return {
        "type": "circle",
        "x0": x - r,
        "x1": x + r,
        "y0": y - r,
        "y1": y + r,
        "fillcolor": CERCLE,
        "opacity": 0.55,
        "line": {"color": BLANC, "width": 1},
    }

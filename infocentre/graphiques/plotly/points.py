"""A point a guichet: the funnel, and points of two measures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from infocentre.graphiques.base import (
    BLEU,
    COULEURS_ETAT,
    ENCRE,
    GRIS,
)
from infocentre.graphiques.descriptions import (
    Entonnoir,
    Nuage,
    Unite,
)
from infocentre.graphiques.entonnoir import (
    Z_95,
    Z_998,
    a_nommer,
    limite,
    plafond,
)
from infocentre.graphiques.plotly.commun import (
    SIGNES,
    SYMBOLES,
    Figure,
    Trace,
    couleur_de,
    en_figure,
    en_ligne,
    en_marques,
    hauteur,
    lire_valeur,
    nommer_axe,
    plotly,
    texte,
    traits_des_seuils,
    un_axe,
)
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import borner, nombre, pourcent

PAS_LIMITES = 48


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
    data.append(en_ligne([0, x[-1]], [100 * d.ensemble] * 2, texte(ensemble), color=ENCRE, width=1))
    data += traits_des_seuils([un for un in d.seuils if un.valeur <= haut], [0, x[-1]])
    for etat in dict.fromkeys(un.etat for un in sorted(d.points, key=_gravite)):
        retenus = [un for un in d.points if un.etat == etat]
        lu = Etat.lire(etat)
        data.append(
            en_marques(
                [math.sqrt(un.effectif) for un in retenus],
                [100 * min(un.taux, haut) for un in retenus],
                [d.dit(un) for un in retenus],
                [un.lien for un in retenus],
                name=lu.mot if lu else "guichet",
                marker=_signe_etat(lu),
            )
        )
    places = _effectifs(plus_grand)
    return en_figure(
        data,
        xaxis=un_axe(
            range=[0, x[-1]],
            tickvals=[math.sqrt(n) for n in places],
            ticktext=[nombre(n) for n in places],
            title=nommer_axe("effectif (nombre d’unités examinées)"),
        ),
        yaxis=un_axe(Unite(taux=True), range=[0, 104 * haut]),
        showlegend=True,
        annotations=[*(noms := _noms(d, haut)), *_fleches(d, haut, noms)],
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
            trait = en_ligne(x, y_vus, nom, color=BLEU, width=1.2, dash=tirets)
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


def _fleches(d: Entonnoir, haut: float, noms: Sequence[Figure]) -> list[Figure]:
    """Say that a point at the top is above it, as paper does, unless its name says so."""
    dessus = dict.fromkeys(math.sqrt(un.effectif) for un in d.points if un.taux > haut)
    fleche = {"y": 100 * haut, "text": "↑", "showarrow": False, "yshift": 15}
    return [fleche | {"x": x} for x in dessus if x not in {un["x"] for un in noms}]


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
            en_marques(
                [lire_valeur(un.x, d.unites[0]) for un in retenus],
                [lire_valeur(un.y, d.unites[1]) for un in retenus],
                [d.dit(un) for un in retenus],
                [un.lien for un in retenus],
                name=texte(serie, 30),
                marker={
                    "symbol": SIGNES[rang % len(SIGNES)],
                    "color": couleur_de(rang),
                    "size": 8,
                    "opacity": 0.75,
                },
            )
        )
    return en_figure(
        data,
        xaxis=un_axe(d.unites[0], title=nommer_axe(d.abscisse)),
        yaxis=un_axe(d.unites[1], title=nommer_axe(d.ordonnee)),
        showlegend=len(series) > 1,
    )


@hauteur.register
def _(d: Nuage) -> int:  # noqa: ARG001 - the same for all
    return 420

"""Territories as filled outlines, with circles and a key."""

from __future__ import annotations

from infocentre.graphiques.base import (
    BLANC,
    ENCRE,
    GRIS_NEUTRE,
)
from infocentre.graphiques.carte import (
    CERCLE,
    VIDE,
    classe,
    rayon_cercle,
    reperes,
    teintes,
)
from infocentre.graphiques.descriptions import (
    Carte,
)
from infocentre.graphiques.plotly.commun import (
    Figure,
    Trace,
    en_figure,
    en_ligne,
    plotly,
    texte,
)

ETROITE = 350  # a map on a telephone: names that fit there fit everywhere
PLACE_CLE = 0.17  # of the width of a map, under it


@plotly.register
def _(d: Carte) -> Figure:
    """Each territory is a filled outline that one can point at; a class of shades is a key."""
    classes = d.classes()
    data = [_territoire(d, code, classes) for code in d.fond.anneaux]
    vues: set[str] = set()
    for un in data:  # the key names each class once
        un["showlegend"] = un["name"] not in vues and bool(un["name"])
        vues.add(un["name"])
    data.sort(key=lambda un: un["legendrank"])
    data.append(_bords(d))
    formes, cle = ([], []) if d.bornes is not None else _cercles(d)
    bas = d.fond.hauteur + (PLACE_CLE * d.fond.largeur if cle else 0)
    cachee = {"visible": False, "constrain": "domain"}
    return en_figure(
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


def _territoire(d: Carte, code: str, classes: list[str]) -> Trace:
    lieu = d.lieux.get(code)
    nom, rang, remplissage = _remplir(d, code, classes)
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


def _remplir(d: Carte, code: str, classes: list[str]) -> tuple[str, int, Figure]:
    """Return the class of a territory, its rank in the key, how it is filled."""
    lieu = d.lieux.get(code)
    if lieu is None:
        return d.vide, 100, {"fillcolor": VIDE}
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
    return classes[rang], rang, {"fillcolor": teintes(len(classes))[rang]}


def _bords(d: Carte) -> Trace:
    """Return the borders of groups and the outline."""
    x: list[float | None] = []
    y: list[float | None] = []
    for bord in d.fond.bords:
        x += [None] * bool(x) + [un[0] for un in bord]
        y += [None] * bool(y) + [un[1] for un in bord]
    return en_ligne(x, y, "", color=ENCRE, width=1.1) | {"showlegend": False}


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

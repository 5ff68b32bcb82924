"""Charts for paper: each description drawn as SVG text, the same bytes for the same data."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from infocentre.graphiques.barres import Barre, barres, barres_empilees
from infocentre.graphiques.base import BLEU, GRIS_NEUTRE
from infocentre.graphiques.carte import carte
from infocentre.graphiques.cascade import cascade
from infocentre.graphiques.colonnes import HAUTEUR, colonnes
from infocentre.graphiques.courbe import courbe, petite_courbe
from infocentre.graphiques.descriptions import (
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
)
from infocentre.graphiques.distribution import bande, histogramme
from infocentre.graphiques.entonnoir import entonnoir
from infocentre.graphiques.nuage import lignes, nuage
from infocentre.noyau.temps import mois_court


@dataclass(frozen=True, slots=True)
class Format:
    """How a chart is laid out: its size, bars closer to one another, one of many small ones."""

    largeur: float = 680
    hauteur: float | None = None
    serre: bool = False
    petit: bool = False

    def dimensions(self, hauteur: float) -> tuple[float, float]:
        """Return width and height, the usual one of a kind of chart when none is asked."""
        return self.largeur, self.hauteur or hauteur


FORMAT = Format()


@functools.singledispatch
def svg(d: Description, _f: Format = FORMAT) -> str:
    """Return the chart as SVG."""
    raise NotImplementedError(type(d).__name__)


@svg.register
def _(d: Courbe, f: Format = FORMAT) -> str:
    if f.petit:
        return petite_courbe(d.points, d.titre, seuils=d.seuils, dimensions=f.dimensions(92))
    return courbe(
        d.points,
        d.titre,
        seuils=d.seuils,
        taux=d.unite.taux,
        nom_autre=d.nom_autre,
        reperes=d.reperes,
        dimensions=f.dimensions(280),
    )


@svg.register
def _(d: Lignes, f: Format = FORMAT) -> str:
    abscisses = [mois_court(un) for un in d.abscisses]
    return lignes(abscisses, d.series, d.titre, taux=d.unite.taux, dimensions=f.dimensions(300))


@svg.register
def _(d: Colonnes, f: Format = FORMAT) -> str:
    return colonnes(
        [mois_court(un) for un in d.periodes],
        d.series,
        d.titre,
        empilees=d.empilees,
        taux=d.unite.taux,
        largeur=f.largeur,
        hauteur=f.hauteur or HAUTEUR,
    )


@svg.register
def _(d: Barres, f: Format = FORMAT) -> str:
    return barres(
        d.lignes,
        d.titre,
        taux=d.unite.taux,
        cible=d.cible,
        maximum=d.maximum,
        largeur=f.largeur,
        serrees=f.serre,
    )


@svg.register
def _(d: BarresEmpilees, f: Format = FORMAT) -> str:
    return barres_empilees(d.lignes, d.series, d.titre, parts=d.parts, largeur=f.largeur)


@svg.register
def _(d: Pyramide, f: Format = FORMAT) -> str:
    """Draw two bars a category, one under the other: narrow columns of paper have no middle."""
    dessinees = [
        Barre(nom, valeur, couleur=couleur, ecrit=f"{d.unite.ecrire(valeur)} {quoi}")
        for une in d.lignes
        for nom, valeur, couleur, quoi in (
            (une.libelle, une.gauche, BLEU, d.suffixes[0]),
            ("", une.droite, GRIS_NEUTRE, d.suffixes[1]),
        )
    ]
    return barres(dessinees, d.titre, taux=d.unite.taux, largeur=f.largeur, serrees=f.serre)


@svg.register
def _(d: Histogramme, f: Format = FORMAT) -> str:
    return histogramme(
        d.mesures,
        d.titre,
        unite=d.valeurs,
        seuils=d.seuils,
        taux=d.unite.taux,
        dimensions=f.dimensions(240),
    )


@svg.register
def _(d: Bande, f: Format = FORMAT) -> str:
    dimensions = (f.largeur, f.hauteur or 44)
    return bande(
        d.mesures, d.ici, d.titre, ensemble=d.ensemble, seuils=d.seuils, dimensions=dimensions
    )


@svg.register
def _(d: Entonnoir, f: Format = FORMAT) -> str:
    return entonnoir(
        d.points,
        d.ensemble,
        d.titre,
        seuils=d.seuils,
        nom_ensemble=d.nom_ensemble,
        dimensions=f.dimensions(380),
    )


@svg.register
def _(d: Nuage, f: Format = FORMAT) -> str:
    return nuage(
        [(un.x, un.y, un.serie, d.dit(un)) for un in d.points],
        d.titre,
        noms=(d.abscisse, d.ordonnee),
        taux=(d.unites[0].taux, d.unites[1].taux),
        dimensions=f.dimensions(380),
    )


@svg.register
def _(d: Cascade, f: Format = FORMAT) -> str:
    return cascade(d.marches(), d.titre, taux=d.unite.taux, largeur=f.largeur)


@svg.register
def _(d: Carte, f: Format = FORMAT) -> str:  # noqa: ARG001 - its ground says how large it is
    return carte(d.fond, d.lieux, d.titre, bornes=d.bornes, etiquettes=d.etiquettes)

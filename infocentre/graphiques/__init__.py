"""Charts drawn as SVG text: the same on the screen and in a printed bilan."""

from infocentre.graphiques.barres import Barre, barres, barres_empilees
from infocentre.graphiques.base import Echelle, graduations
from infocentre.graphiques.courbe import (
    Point,
    Seuil,
    courbe,
    petite_courbe,
    seuils_etats,
)
from infocentre.graphiques.distribution import Classe, bande, histogramme
from infocentre.graphiques.entonnoir import Bulle, entonnoir

__all__ = [
    "Barre",
    "Bulle",
    "Classe",
    "Echelle",
    "Point",
    "Seuil",
    "bande",
    "barres",
    "barres_empilees",
    "courbe",
    "entonnoir",
    "graduations",
    "histogramme",
    "petite_courbe",
    "seuils_etats",
]

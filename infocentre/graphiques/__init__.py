"""Charts drawn as SVG text: the same on the screen and in a printed bilan."""

from infocentre.graphiques.barres import Barre, barres, barres_empilees
from infocentre.graphiques.base import Echelle, graduations, nombre, pourcent
from infocentre.graphiques.courbe import (
    Point,
    Seuil,
    courbe,
    mois_court,
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
    "mois_court",
    "nombre",
    "petite_courbe",
    "pourcent",
    "seuils_etats",
]

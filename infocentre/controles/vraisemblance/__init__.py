"""The vraisemblance of a delivery: facts are measured, Great Expectations judges them.

Importing this package costs nothing: Great Expectations comes with the first call of `juger`.
"""

from infocentre.controles.vraisemblance.examen import Examen
from infocentre.controles.vraisemblance.juge import garder, juger
from infocentre.controles.vraisemblance.publie import FENETRE, compter_publies
from infocentre.controles.vraisemblance.verdicts import A_CONFIRMER, PASSE, REFUS, Verdict, pire

__all__ = [
    "A_CONFIRMER",
    "FENETRE",
    "PASSE",
    "REFUS",
    "Examen",
    "Verdict",
    "compter_publies",
    "garder",
    "juger",
    "pire",
]

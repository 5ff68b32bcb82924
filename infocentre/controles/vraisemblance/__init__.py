"""The vraisemblance of a delivery: facts are measured, Great Expectations judges them.

Importing this package costs nothing: Great Expectations comes with the first call of `juger`.
"""

from infocentre.controles.vraisemblance.juge import garder, juger
from infocentre.controles.vraisemblance.mesures import Examen
from infocentre.controles.vraisemblance.verdicts import A_CONFIRMER, PASSE, REFUS, Verdict, pire

__all__ = ["A_CONFIRMER", "PASSE", "REFUS", "Examen", "Verdict", "garder", "juger", "pire"]

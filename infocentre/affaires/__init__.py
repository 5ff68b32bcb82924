"""Affaires: what is asked of someone and what became of it, by procedures that YAML declares."""

from infocentre.affaires.echeances import Echeance
from infocentre.affaires.modele import Procedure
from infocentre.affaires.procedure import lire_procedures, procedure_de, procedures
from infocentre.affaires.registre import Acteur, Affaire, Affaires, Constat
from infocentre.affaires.situation import Evenement, Situation

__all__ = [
    "Acteur",
    "Affaire",
    "Affaires",
    "Constat",
    "Echeance",
    "Evenement",
    "Procedure",
    "Situation",
    "lire_procedures",
    "procedure_de",
    "procedures",
]

"""Counts become published values, estimates, revisions and anomalies that live."""

from infocentre.mesures.estimations import calculer_estimations
from infocentre.mesures.regles import ecrire_regles
from infocentre.mesures.revisions import creer_tables_publiees, reviser
from infocentre.mesures.suivi import calculer_suivi
from infocentre.mesures.valeurs import calculer_valeurs, wilson

__all__ = [
    "calculer_estimations",
    "calculer_suivi",
    "calculer_valeurs",
    "creer_tables_publiees",
    "ecrire_regles",
    "reviser",
    "wilson",
]

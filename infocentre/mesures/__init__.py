"""Counts become published values, estimates, revisions and anomalies that live."""

from infocentre.mesures.comptes import assembler_comptes, compter, populations
from infocentre.mesures.connexion import Connexion
from infocentre.mesures.reglages import (
    Reglages,
    completer_reglages,
    ecrire_reglages,
    lire_reglages,
)
from infocentre.mesures.regles import ecrire_regles
from infocentre.mesures.revisions import CAUSES, creer_tables_publiees, reviser
from infocentre.mesures.suivi import calculer_suivi
from infocentre.mesures.tableaux import (
    Tableau,
    calculer_tableaux,
    colonnes_absentes,
    lire_tableaux,
    nommes_tableau,
    requis_tableau,
    sql_lecture_tableau,
    trouver_tableau,
)
from infocentre.mesures.valeurs import (
    calculer_valeurs,
    completer_valeurs,
    juger_sommes,
    sommer_comptes,
    valeurs_completes,
    wilson,
)

__all__ = [
    "CAUSES",
    "Connexion",
    "Reglages",
    "Tableau",
    "assembler_comptes",
    "calculer_suivi",
    "calculer_tableaux",
    "calculer_valeurs",
    "colonnes_absentes",
    "completer_reglages",
    "completer_valeurs",
    "compter",
    "creer_tables_publiees",
    "ecrire_reglages",
    "ecrire_regles",
    "juger_sommes",
    "lire_reglages",
    "lire_tableaux",
    "nommes_tableau",
    "populations",
    "requis_tableau",
    "reviser",
    "sommer_comptes",
    "sql_lecture_tableau",
    "trouver_tableau",
    "valeurs_completes",
    "wilson",
]

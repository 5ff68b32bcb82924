"""What happened in the demonstration: the change of software that its curves show, and a note."""

from __future__ import annotations

import datetime as dt

from infocentre.analystes.fichier import cle
from infocentre.decisions import Magasin
from infocentre.decisions.notes import Auteur, Genre, Lecteurs, Notes, Sujet
from infocentre.demo.habitudes import Calendrier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.procedures.mesures_correctives.demonstration import QUI

CHANGEE = "G1302"
MOIS_PAR_AN = 12


def planter(v: Lecture, magasin: Magasin, departement: str) -> int:
    """Tell the change of software, and what was said on the telephone; return how many notes.

    None before the months that show it, nor twice.
    """
    connus = mois_controles(v, departement)
    notes = Notes(magasin, cle(v.dossier), Auteur(QUI, QUI, "Gestionnaire territorial"))
    if not connus or notes.lister({departement}, toutes=True):
        return 0
    annee, mois = map(int, connus[-1].split("-"))
    change = Calendrier((annee - 1970) * MOIS_PAR_AN + mois - 1).changement_logiciel
    jour = dt.date(1970 + change // MOIS_PAR_AN, change % MOIS_PAR_AN + 1, 1)
    if f"{jour:%Y-%m}" not in connus:
        return 0
    dit = "Changement de logiciel d’un bailleur"
    notes.ecrire(Sujet(departement, Genre.EVENEMENT, departement), dit, Lecteurs.TOUS, jour)
    appel = (
        "L'agence attend de son éditeur la file d'envoi des radiations. La rappeler en fin de mois."
    )
    notes.ecrire(Sujet(departement, Genre.GUICHET, CHANGEE), appel)
    return 2

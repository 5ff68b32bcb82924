"""Coordinates of the demonstration: some confirmed, some long ago, most never."""

from __future__ import annotations

import datetime as dt

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.demarches.face import passer
from infocentre.lecture.lecteur import Lecture
from infocentre.procedures.coordonnees.regles import CODE, confirmer, publies, suivre
from infocentre.procedures.mesures_correctives.demonstration import QUI

SUIVIS = 12
IL_Y_A = (10, 60, 200)  # days since the first ones were confirmed


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Follow some guichets, and confirm the first of them; return how many."""
    registre_ = Affaires(magasin, Acteur(QUI), horloge)
    le = registre_.aujourdhui
    suivis = [un["guichet"] for un in publies(v, departement, le)[:SUIVIS]]
    unes = [suivre(registre_, departement, un) for un in suivis]
    for une, jours in zip(unes, IL_Y_A, strict=False):
        confirmer(v, registre_, une, le - dt.timedelta(days=jours))
    minuteur = Affaires(magasin, Acteur(QUI, "minuteur"), horloge)
    passer(v, minuteur, departement, [procedures()[CODE]])
    return len(unes)

"""Transmissions of the demonstration: the list went to the portal, then to the State, published."""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.lecture.lecteur import Lecture
from infocentre.procedures.mesures_correctives.demonstration import QUI
from infocentre.procedures.transmissions.regles import transmettre

A_QUI = ("portail", "etat")


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Transmit the list to each; return how many times."""
    registre_ = Affaires(magasin, Acteur(QUI), horloge)
    for a_qui in A_QUI:
        une, _ = transmettre(v, registre_, departement, a_qui, "courriel")
    registre_.agir(une.id, "dire_la_liste_publiee")
    return len(A_QUI)

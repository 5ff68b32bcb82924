"""A session of the demonstration, to come: two guichets are inscribed, one of them new."""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.echeances import ajouter
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.demarches.face import Face
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import jour
from infocentre.procedures.formations.besoins import PROCEDURE, besoins
from infocentre.procedures.mesures_correctives.demonstration import QUI

DANS = 45  # days
DITS = {"theme": "debuts", "heure": "9 h 30 – 12 h", "lieu": "Préfecture, salle Mistral"}


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Fix it; return how many there are."""
    face = Face(v, Affaires(magasin, Acteur(QUI), horloge), procedures()[PROCEDURE])
    le = jour(ajouter(face.registre.aujourdhui, DANS, departement=departement))
    une = face.ouvrir(departement, "Premiers pas", DITS | {"seance_le": le, "places": "12"})
    for guichet in list(dict.fromkeys(un.guichet for un in besoins(v, departement)))[:2]:
        une = face.agir(une, "inscrire_un_guichet", {"guichet": guichet, "personnes": "2"})
    return 1

"""Charters of the demonstration: one in force, signed by some, one at the concertation."""

from __future__ import annotations

import datetime as dt

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.demarches.face import Face
from infocentre.lecture.chartes import ADHESIONS, PROCEDURE, en_vigueur, organismes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import jour
from infocentre.procedures.adhesions.regles import demander
from infocentre.procedures.mesures_correctives.demonstration import QUI

PLANTEES = ("entree", "qualite")
# What becomes of the first organismes, by their code: event and texts.
SUITES: tuple[tuple[str, dict[str, str]] | None, ...] = (
    ("enregistrer_l_adhesion", {"qualite": "Directrice", "declares": ""}),
    ("enregistrer_l_adhesion", {"qualite": "Directeur général", "declares": ""}),
    ("envoyer_l_adhesion", {"canal": "courrier"}),
    ("refuser_l_adhesion", {"refus_dit": "Attend la délibération de son conseil"}),
    None,
)


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Live two charters, and the adhesions of a few organismes; return how many affaires."""
    registre_ = Affaires(magasin, Acteur(QUI), horloge)
    face = Face(v, registre_, procedures()[PROCEDURE])
    le = registre_.aujourdhui
    entree, qualite = (face.ouvrir(departement, code, {}) for code in PLANTEES)
    face.agir(qualite, "concerter", {})
    for nom, dits in (
        ("concerter", {}),
        ("voter", {"votee_le": jour(le - dt.timedelta(days=20))}),
        ("mettre_en_vigueur", {}),
    ):
        entree = face.agir(entree, nom, dits)
    (charte,) = en_vigueur(v, departement)
    siennes = Face(v, registre_, procedures()[ADHESIONS])
    for organisme, suite in zip(sorted(organismes(v, departement)), SUITES, strict=False):
        une = demander(registre_, departement, organisme, charte)
        if suite is not None:
            nom, dits = suite
            signee = {"adhesion_le": jour(le)} if "qualite" in dits else {}
            siennes.agir(une, nom, signee | dits)
    return len(siennes.lister(departement)) + len(PLANTEES)

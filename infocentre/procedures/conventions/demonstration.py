"""Conventions of the demonstration: signed anew, on its way, of a leap day, one that leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.demarches.face import Face, passer
from infocentre.lecture.conventions import (
    COURT,
    ECHUE,
    PROCEDURE,
    Convention,
    conventions,
    par_sort,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import jour
from infocentre.noyau.types_guichet import TYPES_JUGES, TypeGuichet
from infocentre.procedures.conventions.regles import (
    COLLECTIVITES,
    RETRAIT,
    SIGNATURE,
    preparer,
)
from infocentre.procedures.mesures_correctives.demonstration import QUI

BISSEXTE = dt.date(2024, 2, 29)


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Live the conventions of four organismes, if there are; return how many.

    What is signed was not beyond its term: what the register says to renew stays as it is.
    """
    registre = Affaires(magasin, Acteur(QUI), horloge)
    face = Face(v, registre, procedures()[PROCEDURE])
    le = registre.aujourdhui
    unes = par_sort(conventions(v, departement, le), le)
    echues, courent = unes.get(ECHUE, []), unes.get(COURT, [])
    a_signer = {une.organisme for sort, siennes in unes.items() if sort != COURT for une in siennes}
    tiennent = [une for une in courent if une.organisme not in a_signer]
    choisis = (
        _premiers(echues, {TypeGuichet.BAILLEUR})[:1],
        _premiers(echues, COLLECTIVITES)[:1],
        _premiers(tiennent, TYPES_JUGES)[:2],
    )
    if tuple(map(len, choisis)) != (1, 1, 2):  # a département too small to have one of each
        return 0
    (attendu,), (se_retire,), (reconduit, accede) = choisis
    une = preparer(v, registre, departement, attendu, {"categorie": "a"})
    face.remis(une, "envoyer_a_signer", "courrier")
    une = preparer(v, registre, departement, se_retire, {"categorie": "e"})
    fin = jour(le + dt.timedelta(days=90))
    dits = {"dit_le": jour(le), "fin": fin, "motif": "Services regroupés"}
    face.agir(une, RETRAIT, dits)
    une = preparer(v, registre, departement, reconduit)
    face.agir(une, SIGNATURE, {"signee_le": jour(BISSEXTE)})
    delibere = (le - dt.timedelta(days=60)).isoformat()
    une = preparer(v, registre, departement, accede, {"deliberation_le": delibere})
    signee, effet = jour(le - dt.timedelta(days=10)), jour(le + dt.timedelta(days=20))
    face.agir(une, SIGNATURE, {"signee_le": signee, "effet": effet})
    minuteur = Affaires(magasin, Acteur(QUI, "minuteur"), horloge)
    passer(v, minuteur, departement, [face.procedure])
    return len(registre.lister(departement, procedure=PROCEDURE))


def _premiers(unes: Iterable[Convention], types: Container[str]) -> list[str]:
    return list(dict.fromkeys(une.organisme for une in unes if une.type_guichet in types))

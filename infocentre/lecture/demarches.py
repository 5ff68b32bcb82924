"""What became of what was asked of each organisme: one record, that every document tells alike.

A record is what was entered by a day: an edition printed again says what it said.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infocentre.affaires.procedure import PAQUET
from infocentre.affaires.registre import MESURES
from infocentre.catalogue.familles import famille
from infocentre.lecture.affaires import NOMMABLE, SAISINE, affaires_au, noms, selon_les_affaires
from infocentre.lecture.commun import registre
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.types_guichet import TypeGuichet

RECONNUE = "contestation reconnue"


@dataclass(frozen=True, slots=True)
class Demarche:
    """What was asked of an organisme for a family of indicators, and what came of it.

    `actes` are the last days of what happened since it was opened, or opened again, by the name of
    the event. `etape` is the step reached, of an end too; `dues` are the days of what is awaited,
    by nature. `reponse` and `issue_dite` are words. `promis_pour`: from when a delivery tells
    whether what was promised is kept; `manquees`: at how many of the last ones it was not.
    `contestee` waits for someone to say what comes of it; `reconnue`: it was accepted, and nothing
    more is asked. `promesses`: what the last plan promises, and for when. `ecrite_le`: when the
    organisme was last written to, since a relapse if it had one.
    """

    affaire: str
    organisme: str
    nom: str
    type_guichet: str
    famille: str
    etat: str
    etape: int
    actes: Mapping[str, dt.date]
    dues: Mapping[str, dt.date]
    reponse: str
    plan: bool
    promesses: tuple[tuple[str, dt.date | None], ...]
    promis_pour: dt.date | None
    manquees: int
    a_formaliser: bool
    contestee: bool
    rechute: bool
    verifiee: str
    depasse: bool | None
    ecrite_le: dt.date | None
    finie: bool
    reconnue: bool
    issue_dite: str
    raison: str

    def le(self, acte: str) -> dt.date | None:
        """Return the day of an act, None when it did not happen."""
        return self.actes.get(acte)

    def due(self, nature: str) -> dt.date | None:
        """Return the day by which something is awaited, None when it is not."""
        return self.dues.get(nature)

    @property
    def titre(self) -> str:
        """Of what it is."""
        return famille(self.famille).titre

    @property
    def nommable(self) -> bool:
        """Tell whether the organisme may be named to the comité and the préfet for it."""
        return self.etape >= NOMMABLE

    @property
    def saisie(self) -> bool:
        """Tell whether the comité or the préfet has it, and decides."""
        return self.etape >= SAISINE and not self.finie

    @property
    def bailleur(self) -> bool:
        """Tell whether the ANCOLS may be told of it (CCH L.342-14)."""
        return self.type_guichet == TypeGuichet.BAILLEUR


@selon_les_affaires
def demarches(
    v: Lecture, departement: str, mois: str, jour: dt.date | None
) -> tuple[Demarche, ...]:
    """Return what was asked as it was known on a day, or is now, oldest first; names are a month's.

    What was never sent to anyone, set aside or merged, is not there. The folder of the procedure
    says what its events make (`documents.decrire`).
    """
    connus = noms(v, departement, mois)
    types: dict[str, str] = {}
    for une in registre(v, departement, mois):
        types.setdefault(une["organisme"], une["type_guichet"] or "")
    decrire = importlib.import_module(f"{PAQUET}.{MESURES}.documents").decrire
    dites = (
        decrire(une, connus.get(une.objet, une.objet), types.get(une.objet, ""))
        for une in affaires_au(v, departement, jour)
    )
    return tuple(une for une in dites if une is not None)


def a_taire(siennes: tuple[Demarche, ...]) -> frozenset[str]:
    """Return the organismes that measures do not let be named outside the service.

    Something is asked of them, and none of it has reached the step from which it may be told.
    """
    etapes: dict[str, int] = {}
    for une in siennes:
        if not une.finie:
            etapes[une.organisme] = max(une.etape, etapes.get(une.organisme, 0))
    return frozenset(cle for cle, etape in etapes.items() if etape < NOMMABLE)


def ecrites_depuis(siennes: Sequence[Demarche], organisme: str, famille: str, mois: str) -> bool:
    """Tell whether an organisme was written to of it since a month, whatever it ended by."""
    return any(
        (une.organisme, une.famille) == (organisme, famille)
        and une.ecrite_le
        and f"{une.ecrite_le:%Y-%m}" >= mois
        for une in siennes
    )


def reconnues(siennes: tuple[Demarche, ...]) -> frozenset[tuple[str, str]]:
    """Return the (organisme, famille) of which what was contested was accepted, nothing since."""
    derniers = {(une.organisme, une.famille): une for une in siennes}
    return frozenset(cle for cle, une in derniers.items() if une.reconnue)

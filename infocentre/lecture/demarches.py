"""What became of what was asked of each organisme: one record, that every document tells alike.

A record is what was entered by a day: an edition printed again says what it said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from infocentre.affaires import Affaire, Evenement
from infocentre.catalogue.familles import famille
from infocentre.lecture.affaires import NOMMABLE, SAISINE, affaires_au, noms, selon_les_affaires
from infocentre.lecture.commun import registre
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.promesses import contestation, plans_non_tenus, promesse_due
from infocentre.noyau.types_guichet import TypeGuichet

_REPONSES = ("repondre", "recevoir_plan")
_ACTES = ("signaler", "relancer", *_REPONSES, "maintenir", "accorder_delai", "constater_silence")
_FORMELS = ("formaliser", "demander_observations", "recevoir_observations", "constater_absence")
_FINS = ("soumettre", "transmettre", "clore", "rouvrir")


@dataclass(frozen=True, slots=True)
class Demarche:
    """What was asked of an organisme for a family of indicators, and what came of it.

    `actes` are the last days of what happened since it was opened, or opened again, by the name of
    the event. `etape` is the step reached, of an end too; `dues` are the days of what is awaited,
    by nature. `reponse` and `issue` are words. `promis_pour`: from
    when a delivery tells whether what was promised is kept; `manquees`: at how many of the last
    ones it was not. `contestee` waits for someone to say what comes of it.
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
    promis_pour: dt.date | None
    manquees: int
    a_formaliser: bool
    contestee: bool
    rechute: bool
    verifiee: str
    depasse: bool | None
    issue: str
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
    def finie(self) -> bool:
        """Tell whether it is at an end."""
        return self.etat == "clos"

    @property
    def ecrite(self) -> bool:
        """Tell whether the organisme was written to, since a relapse if it had one."""
        return "signaler" in self.actes

    @property
    def nommable(self) -> bool:
        """Tell whether the organisme may be named to the comité and the préfet for it."""
        return self.etape >= NOMMABLE

    @property
    def saisie(self) -> bool:
        """Tell whether the comité or the préfet has it, and decides."""
        return self.etape >= SAISINE and not self.finie

    @property
    def reconnue(self) -> bool:
        """Tell whether what the organisme contested was accepted: nothing more is asked of it."""
        return self.issue == "conteste_a_raison"

    @property
    def bailleur(self) -> bool:
        """Tell whether the ANCOLS may be told of it (CCH L.342-14)."""
        return self.type_guichet == TypeGuichet.BAILLEUR


@selon_les_affaires
def demarches(
    v: Lecture, departement: str, mois: str, jour: dt.date | None
) -> tuple[Demarche, ...]:
    """Return what was asked as it was known on a day, or is now, oldest first; names are a month's.

    What was never sent to anyone, set aside or merged, is not there.
    """
    connus = noms(v, departement, mois)
    types: dict[str, str] = {}
    for une in registre(v, departement, mois):
        types.setdefault(une["organisme"], une["type_guichet"] or "")
    return tuple(
        _demarche(une, connus.get(une.objet, une.objet), types.get(une.objet, ""))
        for une in affaires_au(v, departement, jour)
        if une.situation.dernier("signaler")
    )


def _demarche(une: Affaire, nom: str, type_guichet: str) -> Demarche:
    s = une.situation
    rouvert = s.dernier("rouvrir")
    siens = [*filter(None, [rouvert]), *s.depuis(rouvert, *_ACTES, *_FORMELS, *_FINS)]
    fin = s.dernier("clore") if s.finie else None
    vu = next(iter(s.depuis(rouvert, "verifier")[::-1]), None)
    signale = any(un.nom == "signaler" for un in siens)
    manquees = plans_non_tenus(s) if signale else 0
    return Demarche(
        affaire=une.id,
        organisme=une.objet,
        nom=nom,
        type_guichet=type_guichet,
        famille=une.sujet,
        etat=une.etat,
        etape=max((_etape(une, un) for un in siens), default=0),
        actes={un.nom: un.jour for un in siens},
        dues={une_due.nature: une_due.due for une_due in une.echeances},
        reponse=_choix(une, siens, "repondre", "choix"),
        plan=any(un.nom == "recevoir_plan" for un in siens),
        promis_pour=promesse_due(s, une.reglages) if signale else None,
        manquees=manquees,
        a_formaliser=une.etat == "sans_reponse"
        or (une.etape == 1 and manquees >= une.reglages["livraisons_non_tenues"]),
        contestee=not s.finie and signale and contestation(s) is not None,
        rechute=rouvert is not None,
        verifiee=vu.donnees["mois"] if vu else "",
        depasse=vu.donnees.get("depasse") if vu else None,
        issue=fin.donnees["issue"] if fin else "",
        issue_dite=_choix(une, [fin], "clore", "issue") if fin else "",
        raison=(fin.dit("raison") or "") if fin else "",
    )


def _etape(une: Affaire, un: Evenement) -> int:
    """Return the step that an event leads to, 0 when it leads to no other state."""
    procedure = une.situation.procedure
    vers = procedure.regle(un.nom).vers
    return procedure.etats[vers].etape if vers else 0


def _choix(une: Affaire, siens: list[Evenement], nom: str, donnee: str) -> str:
    """Return the last choice that an event carries, in words."""
    dits = [un.dit(donnee) for un in siens if un.nom == nom and un.dit(donnee)]
    return une.situation.procedure.regle(nom).donnees[donnee].choix[dits[-1]] if dits else ""


def a_taire(siennes: tuple[Demarche, ...]) -> frozenset[str]:
    """Return the organismes that measures do not let be named outside the service.

    Something is asked of them, and none of it has reached the step from which it may be told.
    """
    etapes: dict[str, int] = {}
    for une in siennes:
        if not une.finie:
            etapes[une.organisme] = max(une.etape, etapes.get(une.organisme, 0))
    return frozenset(cle for cle, etape in etapes.items() if etape < NOMMABLE)


def reconnues(siennes: tuple[Demarche, ...]) -> frozenset[tuple[str, str]]:
    """Return the (organisme, famille) of which what was contested was accepted, nothing since."""
    derniers = {(une.organisme, une.famille): une for une in siennes}
    return frozenset(cle for cle, une in derniers.items() if une.reconnue)

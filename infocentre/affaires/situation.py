"""What the events of an affaire say together: its state is their fold, nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from infocentre.affaires.donnees import Donnees
from infocentre.affaires.modele import HORLOGE, Procedure


@dataclass(frozen=True, slots=True)
class Evenement:
    """What happened: `jour` is the day it did, `saisi_le` the instant it was entered.

    `rang` is its place among all events of the store, 0 for one that is not written yet.
    """

    affaire: str
    nom: str
    auteur: str
    role: str
    jour: dt.date
    saisi_le: dt.datetime
    donnees: Donnees
    rang: int = 0

    def dit(self, nom: str) -> Any:  # noqa: ANN401 - as its procedure declares
        """Return what it carries under a name, None when it does not."""
        return self.donnees.get(nom)


@dataclass(frozen=True, slots=True)
class Situation:
    """An affaire at a moment: its events in the order they were entered, the state they fold to."""

    procedure: Procedure
    evenements: tuple[Evenement, ...] = ()
    etat: str | None = None
    departement: str = ""  # whose public holidays count

    def apres(self, un: Evenement) -> Situation:
        """Return the situation after one more event; raise Refus when the state forbids it."""
        etat = self.procedure.arrivee(self.etat, un.nom)
        avant = self.evenements
        if un.nom == HORLOGE:
            dites = self.dernier(HORLOGE)
            deja = avant.index(dites) + 1 if dites else 0
            avant = (*avant[:deja], *(_redater(autre, un) for autre in avant[deja:]))
        return Situation(self.procedure, (*avant, un), etat, self.departement)

    @property
    def etape(self) -> int:
        """The step of the state, 0 before the first."""
        return self.procedure.etats[self.etat].etape if self.etat else 0

    @property
    def finie(self) -> bool:
        """Tell whether the affaire is at an end, from which it may be reopened."""
        return bool(self.etat) and self.procedure.etats[str(self.etat)].final

    @property
    def arrivee(self) -> Evenement:
        """The event by which it last came to the state that it is in."""
        regle = self.procedure.regle
        menent = (un for un in reversed(self.evenements) if regle(un.nom).vers)
        return next(menent, self.evenements[0])

    def tous(self, *noms: str) -> list[Evenement]:
        """Return the events of these names, in order."""
        return [un for un in self.evenements if un.nom in noms]

    def dite(self, nom: str) -> Any:  # noqa: ANN401 - as its procedure declares
        """Return what was last said under a name by any event, None when none said it."""
        dites = (un.dit(nom) for un in reversed(self.evenements))
        return next((dite for dite in dites if dite is not None), None)

    def redite(self, nom: str) -> Any:  # noqa: ANN401 - as its procedure declares
        """Return what the last event that may say something under a name says, be it nothing.

        What is read again replaces what was read before, as an empty list does.
        """
        regle = self.procedure.regle
        dits = (un for un in reversed(self.evenements) if nom in regle(un.nom).donnees)
        return next((un.dit(nom) for un in dits), None)

    def dernier(self, *noms: str) -> Evenement | None:
        """Return the last event of these names."""
        return next((un for un in reversed(self.evenements) if un.nom in noms), None)

    def depuis(self, repere: Evenement | None, *noms: str) -> list[Evenement]:
        """Return the events of these names that were entered after another, all without one."""
        debut = self.evenements.index(repere) + 1 if repere else 0
        return [un for un in self.evenements[debut:] if un.nom in noms]


def _redater(un: Evenement, horloge: Evenement) -> Evenement:
    """Return an event at the day that it was: what was entered later than now was not."""
    if un.saisi_le <= horloge.saisi_le:
        return un
    return replace(un, jour=dt.date.fromisoformat(horloge.donnees["jour_exact"]))


def replier(
    procedure: Procedure, evenements: Iterable[Evenement], departement: str = ""
) -> Situation:
    """Return what these events fold to; raise Refus at the first that its state forbids."""
    situation = Situation(procedure, departement=departement)
    for un in evenements:
        situation = situation.apres(un)
    return situation

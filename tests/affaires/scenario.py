"""Six months of two measures, looked at every thirty days: what is to wait, written by hand.

Read by who calls functions (tests/affaires) and by who clicks (tests/navigateur): the same days,
the same answers, the same queue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MUETTE, REPOND = "muette", "repond"  # who says nothing, who answers
SIGNALER: Mapping[str, Any] = {"canal": "courriel"}
AIDE: Mapping[str, Any] = {
    "canal": "application",
    "choix": "aide",
    "texte": "Pouvez-vous nous aider ?",
    "delai_demande": "2027-03-31",
}
PLAN: Mapping[str, Any] = {
    "actions": [{"action": "saisir dans la semaine", "pour_le": "2027-04-15"}]
}


@dataclass(frozen=True, slots=True)
class Attend:
    """A line of the queue: what it is, the event that its button does, the day that it names.

    `dit` is what a person says on the page that the button opens; None where a click is enough.
    """

    tache: str
    evenement: str
    due: dt.date | None = None
    dit: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Fait:
    """What is done by another than who looks: a guichet that answers, a delivery that shows."""

    le: dt.date
    role: str
    affaire: str
    evenement: str
    donnees: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Visite:
    """A day on which one looks: what came before, then the lines of each affaire.

    They leave one after the other by their button, each but the last showing what follows; an
    affaire that has none here has none in the queue.
    """

    le: dt.date
    avant: tuple[Fait, ...] = ()
    lignes: Mapping[str, tuple[Attend, ...]] = field(default_factory=dict)


def _le(annee: int, mois: int, jour: int) -> dt.date:
    return dt.date(annee, mois, jour)


def _vu(le: dt.date, mois: str) -> Fait:
    vu = {"livraison": mois, "mois": mois, "depasse": False, "comptes": [{"guichet": "G1"}]}
    return Fait(le, "gestionnaire", REPOND, "verifier", vu)


DEBUT = _le(2026, 11, 2)
RELANCE = Attend("rappel", "relancer", _le(2026, 11, 16), SIGNALER)
COURRIER: Mapping[str, Any] = {"canal": "courrier"}
VISITES = (
    Visite(DEBUT),
    # Both are late: the reminder waits all the same.
    Visite(_le(2026, 12, 2), lignes={MUETTE: (RELANCE,), REPOND: (RELANCE,)}),
    # Its answer came three weeks ago; of the other, none since the 9th.
    Visite(
        _le(2027, 1, 1),
        (Fait(_le(2026, 12, 8), "guichet", REPOND, "repondre", AIDE),),
        {
            MUETTE: (
                Attend("silence", "constater_silence", _le(2026, 12, 9)),
                Attend("etape", "formaliser", dit=COURRIER),
                Attend("etape", "demander_observations", dit=COURRIER),
            ),
            REPOND: (Attend("aide", "prendre_acte"), Attend("report", "accorder_delai")),
        },
    ),
    # A Sunday: thirty days of observations end on Monday.
    Visite(_le(2027, 1, 31)),
    Visite(
        _le(2027, 2, 1),
        lignes={
            MUETTE: (
                Attend("silence", "constater_absence", _le(2027, 2, 1)),
                Attend("etape", "soumettre", dit={}),
            )
        },
    ),
    Visite(
        _le(2027, 3, 3),
        (Fait(_le(2027, 3, 2), "guichet", REPOND, "recevoir_plan", PLAN),),
        {REPOND: (Attend("reponse", "prendre_acte"),)},
    ),
    # Nobody said on which day the comité sits: sixty days after it was asked.
    Visite(_le(2027, 4, 2), lignes={MUETTE: (Attend("etape", "transmettre", _le(2027, 4, 2)),)}),
    Visite(_le(2027, 5, 3), (_vu(_le(2027, 5, 3), "2027-04"),)),
    Visite(
        _le(2027, 6, 2),
        (_vu(_le(2027, 6, 2), "2027-05"),),
        {REPOND: (Attend("fin", "clore"),)},
    ),
)

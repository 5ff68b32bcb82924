"""What the last months hide, decided after a control and at night: nobody waits for it by day.

A decision is in the register of diffusions as soon as it is made: a night that was stopped goes on
from there, and what is decided of the same data is not decided again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.commun import departements, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.objectifs_masques import masquees
from infocentre.lecture.publies import masquer_mois, sont_decides
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import nom_mois
from infocentre.restitutions.ouvert.croisements import croise, croiser

MOIS = 6  # those of a semester: a bilan reads any of them; as many older ones a night
Lieu = tuple[str, str]  # a département, a month


def decider(v: Lecture) -> list[str]:
    """Decide for every département that is seen, the newest months first; say what cannot be.

    The indicators of a month, its policy of attributions with the bilan by réservataire that is
    decided before it; then the indicators of older months, and what open data cross.
    """
    return _tenter(_decisions(v))


def decider_les_indicateurs(v: Lecture, parmi: Collection[Lieu] | None = None) -> list[str]:
    """Decide what all are told of the last months, of these ones when told; say what cannot be.

    A guichet reads no more than that of its département: the day of the control, not the day after.
    """
    voulus = (une for une in _recents(v) if parmi is None or une in parmi)
    return _tenter((une, partial(masquer_mois, v, *une)) for une in voulus)


def _decisions(v: Lecture) -> Iterator[tuple[Lieu, Callable[[], object]]]:
    """Yield what is to be decided, and where; of one month of all départements, then the next."""
    recents = _recents(v)
    for une in recents:
        yield une, partial(masquer_mois, v, *une)
        yield une, partial(masquees, v, *une)
    for d in departements(v):
        for une in _anciens(v, d, sont_decides):
            yield une, partial(masquer_mois, v, *une)
        siens = reversed([une for une in recents if une[0] == d])
        for une in [*siens, *_anciens(v, d, croise)]:
            yield une, partial(croiser, v, *une)


def _recents(v: Lecture) -> list[Lieu]:
    """Return the last months of every département, the newest first."""
    lieux = [(d, mois) for d in departements(v) for mois in mois_controles(v, d)[-MOIS:]]
    return sorted(lieux, key=lambda une: une[1], reverse=True)


def _anciens(v: Lecture, d: str, fait: Callable[[Lecture, str, str], bool]) -> Iterator[Lieu]:
    """Yield the newest of the months before these, of which that is not done yet."""

    def reste(mois: str) -> bool:
        try:
            return not fait(v, d, mois)
        except Refus:
            return True  # who does it says why it cannot be

    avant = reversed(mois_controles(v, d)[:-MOIS])
    return itertools.islice(((d, un) for un in avant if reste(un)), MOIS)


def _tenter(decisions: Iterable[tuple[Lieu, Callable[[], object]]]) -> list[str]:
    """Make each decision, whatever another one refuses; return what was refused."""
    dits = []
    for (d, mois), faire in decisions:
        try:
            faire()
        except Refus as refus:
            ou = f"{nom_departement(d)}, {nom_mois(mois)}"
            dits.append(f"ce que les bilans masquent n'est pas décidé ({ou}) : {refus.phrase}")
    return dits

"""What the papers of the last months hide, decided at night: nobody waits for it by day.

A decision is in the register of diffusions as soon as it is made: a night that was stopped goes on
from there, and what is decided of the same data is not decided again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial

from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.commun import departements, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.objectifs_masques import masquees
from infocentre.lecture.publies import masquer_mois
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import nom_mois
from infocentre.restitutions.ouvert.croisements import croise, croiser

MOIS = 6  # those of a semester: a bilan reads any of them; of open data, as many older ones a night


def decider(v: Lecture) -> list[str]:
    """Decide for every département that is seen, the newest months first; say what cannot be.

    The indicators of a month, its policy of attributions with the bilan by réservataire that is
    decided before it, then what open data cross.
    """
    return [dit for ou, faire in _decisions(v) if (dit := _tenter(ou, faire))]


def _decisions(v: Lecture) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is to be decided, and where; of one month of all départements, then the next."""
    connus = {d: mois_controles(v, d) for d in departements(v)}
    recents = {d: tous[-MOIS:] for d, tous in connus.items()}
    lieux = [(d, mois) for d, siens in recents.items() for mois in siens]
    for d, mois in sorted(lieux, key=lambda un: un[1], reverse=True):
        ou = f"{nom_departement(d)}, {nom_mois(mois)}"
        yield ou, partial(masquer_mois, v, d, mois)
        yield ou, partial(masquees, v, d, mois)
    for d, tous in connus.items():
        restent = (un for un in reversed(tous[:-MOIS]) if not croise(v, d, un))
        for mois in [*recents[d], *itertools.islice(restent, MOIS)]:
            yield f"{nom_departement(d)}, {nom_mois(mois)}", partial(croiser, v, d, mois)


def _tenter(ou: str, faire: Callable[[], object]) -> str:
    try:
        faire()
    except Refus as refus:
        return f"ce que les bilans masquent n'est pas décidé ({ou}) : {refus.phrase}"
    return ""

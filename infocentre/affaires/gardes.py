"""Guards: why an event is refused though its state allows it, each a sentence in French.

A guard is given the situation, the event and the settings; it returns None when nothing is
against. Procedures name them; what they look for are events of these names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from infocentre.affaires.echeances import jours_comptes
from infocentre.affaires.modele import ECHOUER, LEVER, PREPARER, Transition
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import compter
from infocentre.noyau.temps import jour

Garde = Callable[[Situation, Evenement, Mapping[str, int]], str | None]
GARDES: dict[str, Garde] = {}


def garde(fonction: Garde) -> Garde:
    """Declare a guard under the name of its function."""
    GARDES[fonction.__name__] = fonction
    return fonction


# A date says it by its `jour` since; affaires opened before still name them.
_ANCIENNES: Final = frozenset({"vote_passe", "jour_a_venir", "seance_a_venir"})


def contre(regle: Transition, s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """Say what the guard of an event has against it; None: nothing, or no guard."""
    if regle.garde is None or regle.garde in _ANCIENNES:
        return None
    return GARDES[regle.garde](s, un, r)


def envoi_en_suspens(s: Situation) -> Evenement | None:
    """Return the intention to send of which nothing says yet whether it left.

    That it arrived is not enough: the event that it is must follow.
    """
    prepare = s.dernier(PREPARER)
    if prepare is None:
        return None
    suites = (str(prepare.dit("pour")), ECHOUER, LEVER)
    dites = [un for un in s.depuis(prepare, *suites) if un.donnees.get("arrive") is not True]
    return None if dites else prepare


@garde
def aucun_envoi_en_suspens(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    """Nothing is sent while an earlier message may have left: never twice the same."""
    suspens = envoi_en_suspens(s)
    if suspens is None:
        return None
    return (
        f"un envoi du {jour(suspens.jour)} (Message-ID {suspens.donnees.get('message_id')}) est "
        "peut-être parti : dire d'abord s'il est arrivé"
    )


@garde
def un_envoi_en_suspens(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    """There is something to say of an intention only while one is pending."""
    return None if envoi_en_suspens(s) else "aucun envoi n'est en suspens"


@garde
def livraison_nouvelle(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """What a delivery shows of a case is told once."""
    dites = [nom for nom, e in s.procedure.evenements.items() if e.garde == "livraison_nouvelle"]
    if any(autre.dit("mois") == un.dit("mois") for autre in s.tous(*dites)):
        return "cette livraison est déjà vérifiée"
    return None


def trop_tot(
    s: Situation, debut: Evenement, un: Evenement, delai: int, quoi: str, *accords: str
) -> str | None:
    """Say why `quoi` waits for so many days after an event, None once they have passed.

    The days that an event of `accords` grants do not count.
    """
    passes = jours_comptes(s, debut, un.jour, *accords)
    if passes >= delai:
        return None
    quand: dt.date = un.jour + dt.timedelta(days=delai - passes)
    return (
        f"{quoi} vient trop tôt : {compter(delai, 'jour')} après le {jour(debut.jour)}, soit le "
        f"{jour(quand)} au plus tôt"
    )

"""What the events of a corrective measure say: contested, promised, kept, still rouge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from infocentre.affaires.echeances import terme
from infocentre.affaires.situation import Evenement, Situation

ACCORDS = ("accorder_delai",)
ANCIEN_JUGEMENT = (
    "écrit selon l'ancienne règle, qui jugeait le taux du mois seul quel que soit son effectif : "
    "ne compte plus"
)


def plans_non_tenus(s: Situation) -> int:
    """Return at how many of the last deliveries on end that say something it was not kept."""
    return _de_suite(s, plan_tenu, voulu=False)


def contestation(s: Situation) -> Evenement | None:
    """Return the answer that contests what was told, while nobody has said what comes of it."""
    derniere = _derniere_reponse(s)
    return derniere if derniere and derniere.donnees.get("choix") == "conteste" else None


def contestee(s: Situation) -> bool:
    """Tell whether the organisme contested: what was told, some of its cases, in observations."""
    return any(
        un.nom == "recevoir_observations"
        or un.donnees.get("choix") == "conteste"
        or any(cas["sort"] == "conteste" for cas in un.donnees.get("unites") or ())
        for un in s.depuis(s.dernier("signaler"), "repondre", "recevoir_observations")
    )


def _derniere_reponse(s: Situation) -> Evenement | None:
    dites = s.depuis(s.dernier("signaler"), "repondre", "maintenir")
    return dites[-1] if dites else None


def livraisons_sans_rouge(s: Situation) -> int:
    """Return at how many of the last deliveries on end that say something nothing was rouge."""
    return _de_suite(s, encore_rouge, voulu=False)


def _de_suite(s: Situation, dit: Callable[[Evenement], bool | None], *, voulu: bool) -> int:
    """Count the last deliveries that say this; one that says nothing neither counts nor ends."""
    nombre = 0
    depuis = s.dernier("rouvrir", "proposer")
    for un in reversed(s.depuis(depuis, "verifier")):
        if dit(un) is (not voulu):
            break
        nombre += dit(un) is voulu
    return nombre


def ancien_jugement(un: Evenement) -> bool:
    """Tell whether a verification judged a past fact as the first versions did.

    They compared the rate of the month alone with the threshold, were it one unit in one: what
    they wrote stays written, and counts for nothing.
    """
    passes = (compte for compte in un.donnees["comptes"] if "passee" in compte)
    return "jugement" not in un.donnees and any(passes)


def encore_rouge(un: Evenement) -> bool | None:
    """Tell whether a delivery says that something is still rouge or à traiter; None: nothing."""
    if not ancien_jugement(un):
        return un.donnees.get("depasse")
    restes = (compte for compte in un.donnees["comptes"] if "passee" not in compte)
    return True if any(compte.get("depasse") for compte in restes) else None


def plan_tenu(un: Evenement) -> bool | None:
    """Tell whether a delivery says that the plan was kept; None: nothing, or it was not due."""
    tenu = un.donnees.get("plan_tenu")
    if tenu is None or not ancien_jugement(un):
        return tenu
    dementis = any(compte.get("dementies") for compte in un.donnees["comptes"])
    return False if tenu is False and (dementis or encore_rouge(un)) else None


def promesse_due(s: Situation, r: Mapping[str, int]) -> dt.date | None:
    """Return the day from which deliveries tell whether what was promised is kept.

    A plan is due at its first date, or at the end of a longer time granted since; without one,
    what was agreed, or contested and maintained, is due once the time to give a plan has passed.
    None while nothing was answered, or while what is contested waits for a person.
    """
    plan = next(iter(s.depuis(s.dernier("signaler"), "recevoir_plan")[::-1]), None)
    if plan is None:
        attendue = _derniere_reponse(s) and contestation(s) is None
        return terme(s, "plan", r) if attendue else None
    dites = [une["pour_le"] for une in plan.donnees["actions"] if une.get("pour_le")]
    promise = min(dites, default=plan.jour.isoformat())
    accordes = [un.donnees["jusqu_au"] for un in s.depuis(plan, *ACCORDS)]
    return dt.date.fromisoformat(max([promise, *accordes]))

"""What is done of cases by hand, and the states by which they are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infocentre.affaires import Affaire, Affaires

# States as a choice of the page says them, in the plural.
ETATS: Mapping[str, str] = {
    "": "En cours",
    "proposee": "Proposées",
    "a_instruire": "À instruire",
    "decidee": "Décidées",
    "a_executer": "À exécuter",
    "executee": "Exécutées",
    "reapparue": "Réapparues",
    "constatee": "Constatées",
    "sans_suite": "Sans suite",
}
CONFIER, CLASSER = "confier", "classer"
ISSUES = frozenset({"eteinte", "erreur"})  # by which a case is filed without a decision


def decidees(unes: Iterable[Affaire]) -> list[Affaire]:
    """Return the cases whose deletion is decided, and confided to nobody yet."""
    return [une for une in unes if une.etat == "decidee"]


def confier(registre: Affaires, une: Affaire) -> Affaire:
    """Give the deletion of a case to its guichet, which does it."""
    return registre.agir(une.id, CONFIER, {"guichet": une.objet})

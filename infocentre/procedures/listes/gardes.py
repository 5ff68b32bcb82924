"""Guards of the lists: each address once, not too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import enumerer

DITES = 5  # addresses that a refusal names


@garde
def liste_juste(_: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """A list has each address once, as many as are sent to at once."""
    return faute_de_liste(un.donnees, r)


def faute_de_liste(donnees: Mapping[str, Any], reglages: Mapping[str, int]) -> str | None:
    """Say why a list is not one, None when it is."""
    inscrits = donnees.get("inscrits") or []
    if len(inscrits) > reglages["membres"]:
        return f"{len(inscrits)} adresses, pour {reglages['membres']} au plus : en faire plusieurs"
    lues = Counter(str(un["courriel"]).lower() for un in inscrits)
    doubles = [une for une, fois in lues.items() if fois > 1]
    if doubles:
        return f"la même adresse y est deux fois : {enumerer(doubles[:DITES])}"
    return None

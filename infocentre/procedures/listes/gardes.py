"""Guards of the lists: each address once, not too many, reviewed no later than today."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import enumerer
from infocentre.noyau.temps import jour

DITES = 5  # addresses that a refusal names


@garde
def liste_juste(_: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """A list has each address once, as many as are sent to at once, and was reviewed."""
    revue = un.dit("revue_le")
    if revue and dt.date.fromisoformat(revue) > un.jour:
        return f"« Revue le » : le {jour(revue)} n'est pas encore passé"
    membres = un.dit("inscrits") or []
    if len(membres) > r["membres"]:
        return f"{len(membres)} adresses, pour {r['membres']} au plus : en faire plusieurs listes"
    lues = Counter(str(membre["courriel"]).lower() for membre in membres)
    doubles = [une for une, fois in lues.items() if fois > 1]
    if doubles:
        return f"la même adresse y est deux fois : {enumerer(doubles[:DITES])}"
    return None

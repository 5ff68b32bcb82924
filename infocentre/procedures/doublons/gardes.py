"""What a case of duplicates is, and what may be decided of it."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import compter

DEMANDES_MIN, DEMANDES_MAX = 2, 5  # of a case


@garde
def de_deux_a_cinq_demandes(_: Situation, un: Evenement, __: Mapping[str, int]) -> str | None:
    """A case of duplicates is two different demandes at least, few enough to be looked at."""
    nombre = len(set(un.donnees.get("membres", ())))
    if nombre < DEMANDES_MIN:
        return "il faut au moins deux demandes différentes pour parler de doublon"
    if nombre > DEMANDES_MAX:
        return (
            f"{compter(nombre, 'demande')} : un cas en a {DEMANDES_MAX} au plus, en faire plusieurs"
        )
    return None


@garde
def une_demande_conservee(s: Situation, un: Evenement, __: Mapping[str, int]) -> str | None:
    """One of the demandes of the case is kept, and some of the others go."""
    debut = s.dernier("proposer")
    membres = set(debut.donnees["membres"]) if debut else set()
    garder, supprimer = un.donnees.get("garder"), set(un.donnees.get("supprimer", ()))
    if garder is None:
        return None  # nothing is chosen yet: what an event must carry is asked elsewhere
    if not {garder, *supprimer} <= membres:
        return "une demande n'est pas de ce cas"
    if garder in supprimer:
        return "la demande à conserver est aussi à supprimer"
    return None

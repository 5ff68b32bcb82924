"""Guards of the sessions: a place left, who was inscribed."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import accorder


def inscrits(s: Situation) -> dict[str, int]:
    """Return {guichet: how many people come} of a session, in the order they said so."""
    trouves: dict[str, int] = {}
    for un in s.tous("inscrire_un_guichet", "desinscrire_un_guichet"):
        trouves.pop(str(un.dit("guichet")), None)
        if un.nom == "inscrire_un_guichet":
            trouves[str(un.dit("guichet"))] = int(str(un.dit("personnes")))
    return trouves


@garde
def place_libre(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """There are as many people as places at most; a guichet says again how many it sends."""
    demandees = un.dit("personnes")
    if demandees is None:
        return None
    if int(str(demandees)) < 1:
        return "il faut une personne au moins ; sinon, retirer l'inscription"
    autres = sum(n for guichet, n in inscrits(s).items() if guichet != un.dit("guichet"))
    reste = int(s.dite("places")) - autres
    if int(str(demandees)) > reste:
        return f"il reste {accorder(max(reste, 0), 'place')} sur {s.dite('places')}"
    return None


@garde
def deja_inscrit(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Only who is inscribed is taken off."""
    guichet = un.dit("guichet")
    return f"{guichet} n'est pas inscrit" if guichet and guichet not in inscrits(s) else None


@garde
def inscrits_seulement(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Who came was inscribed, once each: else it is inscribed first, and the count is right."""
    venus = [str(une["guichet"]) for une in un.dit("venus") or []]
    if double := next((g for g in venus if venus.count(g) > 1), None):
        return f"{double} est noté deux fois"
    if absent := next((g for g in venus if g not in inscrits(s)), None):
        return f"{absent} n'était pas inscrit : l'inscrire d'abord, puis noter sa venue"
    return None

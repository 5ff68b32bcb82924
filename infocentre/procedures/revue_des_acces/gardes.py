"""When a review of accesses may be closed."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.affaires.donnees import ReponseAcces
from infocentre.affaires.gardes import Garde, garde, trop_tot
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import compter

RESTENT = frozenset({"ouvert", "inchange"})  # changes of an access that a delivery does not show


def reponses_de_revue(s: Situation) -> dict[str, ReponseAcces]:
    """Return {reference of an access: what was last answered of it}."""
    dites = [une for un in s.tous("repondre") for une in un.donnees["reponses"]]
    return {une["reference"]: une for une in dites}


@garde
def revue_finie(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """All accesses are kept, or the guichet was given its time and said no more."""
    fin = _FINS_DE_REVUE.get(un.donnees.get("issue", ""))
    return fin(s, un, r) if fin else None


def _tous_maintenus(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    attendues = _acces_attendus(s)
    gardes = sum(une["reponse"] == "maintenir" for une in reponses_de_revue(s).values())
    if gardes == attendues:
        return None
    return (
        f"{compter(gardes, 'accès', 'accès')} sur {attendues} "
        f"{'est maintenu' if gardes <= 1 else 'sont maintenus'} par le guichet : les autres sont à "
        "fermer, à modifier ou sans réponse"
    )


def _revue_sans_reponse(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    envoi = s.dernier("envoyer")
    if envoi is None:
        return "la liste n'a pas été envoyée au guichet"
    if s.dernier("repondre"):
        return "des réponses sont arrivées"
    return trop_tot(s, envoi, un, r["delai_reponse"], "L'absence de réponse")


def _revue_incomplete(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """The rest is not answered, in its time; what was answered of is done."""
    derniere, reponses = s.dernier("repondre"), reponses_de_revue(s)
    if derniere is None:
        return "aucune réponse n'est arrivée"
    if len(reponses) >= _acces_attendus(s):
        return "le guichet a répondu de tous les accès"
    voulus = {cle for cle, une in reponses.items() if une["reponse"] != "maintenir"}
    vue = s.dernier("constater", "dementir")
    sorts = vue.donnees["sorts"] if vue else ()
    faits = {une["reference"] for une in sorts if une["sort"] not in RESTENT}
    if voulus - faits:
        return f"{compter(len(voulus - faits), 'changement')} à constater par une livraison"
    return trop_tot(s, derniere, un, r["delai_reponse"], "L'absence de réponse sur le reste")


_FINS_DE_REVUE: Mapping[str, Garde] = {
    "maintenus": _tous_maintenus,
    "sans_reponse": _revue_sans_reponse,
    "incomplete": _revue_incomplete,
}


def _acces_attendus(s: Situation) -> int:
    debut = s.dernier("proposer")
    return len(debut.donnees["lignes"]) if debut else 0

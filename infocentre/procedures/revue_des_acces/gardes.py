"""When a review of accesses may be closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infocentre.affaires.donnees import ReponseAcces
from infocentre.affaires.gardes import Garde, garde, trop_tot
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import compter
from infocentre.noyau.temps import jour

DEPART = "signaler_un_depart"
REPONSES = ("repondre", DEPART)
RESTENT = frozenset({"ouvert", "inchange"})  # changes of an access that a delivery does not show


def reponses_de_revue(s: Situation) -> dict[str, ReponseAcces]:
    """Return {reference of an access: what was last answered of it}; who left is to be closed."""
    dites = [une for un in s.tous(*REPONSES) for une in _reponses(un)]
    return {une["reference"]: une for une in dites}


def _reponses(un: Evenement) -> Sequence[ReponseAcces]:
    if un.nom != DEPART:
        return un.donnees["reponses"]
    parti = f"départ le {jour(str(un.dit('parti_le')))}"
    return [{"reference": str(un.dit("reference")), "reponse": "fermer", "precision": parti}]


@garde
def depart_de_la_liste(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Who left has an access in the frozen list; it is told once."""
    reference = un.dit("reference")
    if reference is None:
        return None
    if reference not in {une["reference"] for une in s.evenements[0].donnees["lignes"]}:
        return "cet utilisateur n'a pas d'accès dans la liste figée"
    if any(autre.dit("reference") == reference for autre in s.tous(DEPART)):
        return "le départ de cet utilisateur est déjà signalé"
    return None


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
    if reponses_de_revue(s):
        return "des réponses sont arrivées"
    return trop_tot(s, envoi, un, r["delai_reponse"], "L'absence de réponse")


def _revue_incomplete(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """The rest is not answered, in its time; what was answered of is done."""
    derniere, reponses = s.dernier(*REPONSES), reponses_de_revue(s)
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

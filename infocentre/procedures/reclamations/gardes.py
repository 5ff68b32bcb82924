"""Guards of the réclamations: nothing after the window, a delivery tells once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.temps import jour

LIVRAISONS = ("constater", "dementir", "contredire")  # what a delivery says, once each
REVENU = "npai"  # the cause that no préavis that was delivered allows
AUTRE_CAUSE = "« préavis revenu » ne peut pas en être la cause ; en choisir une autre, ou maintenir"
ABSENCES = 2  # deliveries without what was asked for, before it is asked again


@garde
def fenetre_ouverte(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """A demande is reactivated until the last day of its window, when it has one."""
    fin = s.dite("fenetre_fin")
    if fin is None:
        return "cette réclamation ne porte pas sur une radiation : il n'y a rien à réactiver"
    if un.jour > dt.date.fromisoformat(fin):
        return f"la fenêtre de réactivation s'est fermée le {jour(fin)} : il ne reste qu'à répondre"
    return None


@garde
def cause_possible(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """A préavis that whoever carries it says delivered did not come back."""
    plis = s.dernier("recevoir_les_plis")
    if un.dit("pourquoi") == REVENU and plis and plis.dit("sort") == "distribues":
        return f"les plis ont été distribués, d'après le prestataire : {AUTRE_CAUSE}"
    return fenetre_ouverte(s, un, r)


@garde
def prestataire_interroge(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Whoever carries the letters answers what it was asked, since the last answer."""
    if s.depuis(s.dernier(un.nom), "demander_les_plis"):
        return None
    return "le prestataire des plis n'a pas été interrogé"


@garde
def livraison_pas_encore_dite(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """A delivery tells once of a réclamation."""
    return "cette livraison est déjà vérifiée" if un.dit("mois") in mois_dits(s) else None


@garde
def premiere_absence(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """A first delivery does not show what was asked for."""
    return livraison_pas_encore_dite(s, un, r) or (
        "une livraison ne l'a déjà pas montrée : la suivante dit qu'elle n'est pas faite"
        if absences(s) + 1 >= ABSENCES
        else None
    )


@garde
def seconde_absence(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """Two deliveries do not show what was asked for."""
    return livraison_pas_encore_dite(s, un, r) or (
        "une seule livraison ne l'a pas montrée : il en faut deux"
        if absences(s) + 1 < ABSENCES
        else None
    )


def mois_dits(s: Situation) -> set[str]:
    """Return the months whose delivery already told of it."""
    return {un.dit("mois") for un in s.tous(*LIVRAISONS)}


def absences(s: Situation) -> int:
    """Return how many deliveries did not show what was last asked for."""
    return len(s.depuis(s.dernier("demander", "transmettre"), "dementir"))

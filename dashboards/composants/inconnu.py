"""A guichet or an organisme that nobody knows: what is near, and where they all are."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.composants.elements import lien, titre, vide
from dashboards.composants.listes import trouves
from dashboards.page import Contexte, lire_contexte
from infocentre.lecture.commun import indicateurs
from infocentre.lecture.fiche import Niveau, lire_fiche
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.recherche import inscrits, proches
from infocentre.noyau.erreurs import Refus


def connu(niveau: Niveau, cle: str) -> bool:
    """Tell whether a guichet (or organisme) has a page."""
    c = lire_contexte({})
    if c is None:
        return True
    if any(cle.upper() in {un["guichet"], un["organisme"]} for un in inscrits(c.v)):
        return c.v.voit(niveau, cle.upper())
    try:
        lire_fiche(c.v, c.filtres, niveau, cle.upper())
    except Refus:
        return False
    return True


def indicateur_connu(code: str) -> bool:
    """Tell whether an indicator has a page: of today, or of the last month that is published."""
    c = lire_contexte({})
    return (
        c is None
        or any(un.code == code.upper() for un in indicateurs())
        or code.upper() in catalogue_du_mois(c.v, c.filtres).indicateurs
    )


def inconnu(c: Contexte, nom: str, cle: str, refus: Refus) -> html.Div:
    """Return the page of what is not known under a key: nearest names, lists, the search."""
    voisins = proches(c.v, c.filtres, cle)
    suite: list[Any] = []
    if voisins:
        suite = [html.H2("Peut-être", className="fr-h5"), trouves(voisins)]
    listes = {
        "Tous les guichets, dans le registre": "/guichets",
        "Leurs indicateurs, dans le suivi": "/suivi",
    }
    return html.Div(
        [
            titre(nom),
            vide(refus.quoi, "Vérifier son code, ou le chercher dans le champ en tête de page."),
            *suite,
            html.Ul([html.Li(lien(dit, c.filtres.lien(vers))) for dit, vers in listes.items()]),
        ]
    )

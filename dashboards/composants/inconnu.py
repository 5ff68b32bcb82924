"""A guichet or an organisme that nobody knows: what is near, and where they all are."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.composants.elements import lien, titre, vide
from dashboards.composants.listes import trouves
from dashboards.page import Contexte
from infocentre.lecture.recherche import proches
from infocentre.noyau.erreurs import Refus


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

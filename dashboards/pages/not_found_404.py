"""An address that leads nowhere. Dash knows this page by the name of its module."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.elements import lien, titre, vide
from dashboards.courant import acces
from infocentre.acces import politique

DEPARTS = {
    "/suivi": "Suivi des guichets",
    "/indicateurs": "Indicateurs",
    "/tableaux": "Demande et attributions",
    "/guichets": "Guichets enregistreurs",
    "/recherche": "Chercher un guichet, un indicateur, une commune",
    "/demande": "Chercher une demande par son numéro",
    "/aide": "Aide",
}


def layout(**_: str) -> html.Div:
    """Return what to do next: the pages that are open to who reads."""
    qui = acces()
    ouverts = {un: nom for un, nom in DEPARTS.items() if qui.peut(politique.PAGES[un])}
    return html.Div(
        [
            titre("Page introuvable"),
            vide("Cette adresse ne mène à aucune page", "Vérifier l'adresse, ou partir d'ici :"),
            html.Ul([html.Li(lien(nom, un)) for un, nom in ({"/": "Accueil"} | ouverts).items()]),
        ]
    )


dash.register_page(
    __name__, path="/introuvable", title="Page introuvable – Infocentre", layout=layout
)

"""An address that leads nowhere. Dash knows this page by the name of its module."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.elements import lien, titre, vide


def layout(**_: str) -> html.Div:
    """Return what to do next."""
    return html.Div(
        [
            titre("Page introuvable"),
            vide("Cette adresse ne mène à aucune page", "Vérifier l'adresse, ou partir d'ici :"),
            html.Ul(
                [
                    html.Li(lien("Accueil", "/")),
                    html.Li(lien("Suivi des guichets", "/suivi")),
                    html.Li(lien("Indicateurs", "/indicateurs")),
                    html.Li(lien("Guichets enregistreurs", "/guichets")),
                    html.Li(lien("Chercher un guichet, un indicateur, une commune", "/recherche")),
                    html.Li(lien("Chercher une demande par son numéro", "/demande")),
                    html.Li(lien("Aide", "/aide")),
                ]
            ),
        ]
    )


dash.register_page(
    __name__, path="/introuvable", title="Page introuvable – Infocentre", layout=layout
)

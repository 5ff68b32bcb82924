"""Accueil: the month in one screen."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.elements import barre_filtres, titre
from dashboards.filtres import nom_mois
from dashboards.page import Contexte, page


@page
def layout(c: Contexte) -> html.Div:
    """Return the month in one screen."""
    return html.Div([titre("Accueil", nom_mois(c.filtres.mois)), barre_filtres(c.filtres, c.mois, c.departements)])


dash.register_page(__name__, path="/", name="Accueil", title="Accueil – Infocentre", layout=layout)

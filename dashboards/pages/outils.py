"""Se connecter avec ses outils: the analysts' file in DBeaver, Python, R, a spreadsheet."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.elements import attributs, titre
from dashboards.composants.requetes import onglets
from dashboards.composants.texte import corps, rendre, sommaire
from dashboards.page import Contexte, page
from infocentre.noyau.config import ressources


@page
def outils(_: Contexte) -> html.Div:
    """Return how to open a copy of the analysts' file, tool by tool."""
    document = rendre((ressources("docs") / "outils.md").read_text("utf-8"))
    return html.Div(
        [
            titre(document.titre, "Le fichier des analystes dans DBeaver, Python, R ou un tableur"),
            onglets("/requetes/outils"),
            html.Div(
                [
                    corps(document),
                    html.Aside(sommaire(document), **attributs(aria_label="Plan")),
                ],
                className="deux-tiers",
            ),
        ]
    )


dash.register_page(
    "requetes_outils",
    path="/requetes/outils",
    name="Se connecter avec ses outils",
    title="Se connecter avec ses outils – Infocentre",
    layout=outils,
)

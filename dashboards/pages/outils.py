"""Se connecter avec ses outils: the analysts' file in DBeaver, Python, R, a spreadsheet."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import dash
from dash import html

from dashboards.composants.balises import balise, bloc, lire
from dashboards.composants.elements import attributs, titre
from dashboards.composants.requetes import onglets
from dashboards.composants.saisie import Code
from dashboards.composants.texte import Document, rendre, sommaire
from dashboards.page import Contexte, page
from infocentre.noyau.config import ressources

_CODE = re.compile(r'<pre tabindex="0"><code[^>]*>(.*?)</code></pre>', re.DOTALL)


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
                    html.Div(_corps(document)),
                    html.Aside(sommaire(document), **attributs(aria_label="Plan")),
                ],
                className="deux-tiers",
            ),
        ]
    )


def _corps(document: Document) -> list[Any]:
    """Return the text of a document, each block of code with what copies it."""
    return [
        Code(texte=unescape(morceau).rstrip("\n"))
        if rang % 2
        else bloc(balise("div", lire(morceau), class_="texte"))
        for rang, morceau in enumerate(_CODE.split(document.contenu))
        if morceau.strip()
    ]


dash.register_page(
    "requetes_outils",
    path="/requetes/outils",
    name="Se connecter avec ses outils",
    title="Se connecter avec ses outils – Infocentre",
    layout=outils,
)

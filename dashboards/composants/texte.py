"""Markdown documents as pages: rendered on the server, their headings in a summary."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from dash import html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dashboards.composants.balises import balise, bloc, lire
from dashboards.composants.elements import attributs, typographie
from dashboards.composants.natifs import Bloc
from infocentre.noyau.config import ressources
from infocentre.noyau.francais import slug

PAGES = {
    "guide.md": "/aide/gestionnaire",
    "guichet.md": "/aide/guichet",
    "indicateurs.md": "/indicateurs",
    "procedures.md": "/aide/procedures",
    "convention.md": "/aide/convention",
    "tableaux.md": "/aide/tableaux",
    "demonstration.md": "/aide/demonstration",
    "donnees-personnelles.md": "/registre",
}

DESSIN = "mermaid"  # drawn by what shows the documents of developers, told in words beside


@dataclass(frozen=True, slots=True)
class Document:
    """A rendered document: its title, its sections (anchor, name), its HTML without the title."""

    titre: str
    sections: tuple[tuple[str, str], ...]
    contenu: str


@functools.cache
def lire_document(nom: str) -> Document:
    """Return a document of docs/ rendered (cached); raise OSError when the wheel lacks it."""
    return rendre((ressources("docs") / f"{nom}.md").read_text("utf-8"))


def rendre(texte: str) -> Document:
    """Render Markdown; raw HTML is never let through, comments are dropped."""
    moteur = MarkdownIt("commonmark", {"html": False}).enable("table")
    jetons = moteur.parse(re.sub(r"<!--.*?-->", "", texte, flags=re.DOTALL))
    titre, sections, garde = "", [], []
    rang = 0
    while rang < len(jetons):
        jeton = jetons[rang]
        if jeton.type == "heading_open" and jeton.tag == "h1" and not titre:
            titre = jetons[rang + 1].content
            rang += 3
            continue
        if jeton.type == "fence" and jeton.info == DESSIN:
            rang += 1
            continue
        for un in jeton.children or ():
            if un.type == "text":  # code is left as it is written
                un.content = typographie(un.content)
        if jeton.type == "heading_open":
            sections += _ancrer(jeton, jetons[rang + 1].content)
        garde.append(jeton)
        rang += 1
    contenu = moteur.renderer.render(garde, moteur.options, {})
    for large in ("pre", "table"):  # they scroll in themselves: by the keyboard too
        contenu = contenu.replace(f"<{large}>", f'<{large} tabindex="0">')
    # A corner names no column.
    return Document(titre, tuple(sections), _lier(contenu.replace("<th></th>", "<td></td>")))


def _ancrer(jeton: Token, texte: str) -> list[tuple[str, str]]:
    """Give a heading its anchor and its look; return it for the summary when it is a section."""
    cle = slug(texte)
    jeton.attrs = {"id": cle, "class": "fr-h5" if jeton.tag == "h2" else "fr-h6"}
    return [(cle, texte.replace("`", ""))] if jeton.tag == "h2" else []


def _lier(contenu: str) -> str:
    """Lead to the pages that documents have here; a document that has none is named."""
    return re.sub(r'<a href="([\w-]+\.md)(#[\w-]+)?">(.*?)</a>', _vers_la_page, contenu)


def _vers_la_page(trouve: re.Match[str]) -> str:
    document, ancre, dit = trouve.groups(default="")
    page = PAGES.get(document)
    nomme = f"{dit} (<code>docs/{document}</code>)"
    return f'<a href="{page}{ancre}">{dit}</a>' if page else nomme


def sommaire(document: Document) -> html.Nav | None:
    """Return the links to the sections of a document, None when it has few."""
    if len(document.sections) < 3:  # noqa: PLR2004
        return None
    return html.Nav(
        [
            html.P("Sommaire", className="fr-summary__title", id="sommaire"),
            html.Ol(
                [
                    html.Li(html.A(nom, href=f"#{cle}", className="fr-summary__link"))
                    for cle, nom in document.sections
                ]
            ),
        ],
        className="fr-summary",
        **attributs(aria_labelledby="sommaire"),
    )


def corps(document: Document) -> Bloc:
    """Return the text of a document; each block of code comes with what copies it."""
    return bloc(balise("div", lire(document.contenu), class_="texte"))

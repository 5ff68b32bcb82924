"""Pieces written at once as HTML, for cells and small pictures: there are hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from dash import html
from markupsafe import Markup
from markupsafe import escape as markup

from dashboards.composants.elements import attributs, signe_et_mot, taux
from dashboards.composants.listes import insecable
from infocentre.noyau.francais import entier
from infocentre.noyau.temps import nom_mois


def matrice(colonnes: Sequence[str], lignes: Iterable[Sequence[str]], legende: str) -> html.Div:
    """Return a wide table of short texts that scrolls; its first column names the rows."""
    entete = "".join(f'<th scope="col">{escape(nom)}</th>' for nom in colonnes)
    corps = "".join(
        f'<tr><th scope="row">{escape(nom)}</th>'
        + "".join(f'<td class="nombre">{escape(cellule)}</td>' for cellule in cellules)
        + "</tr>"
        for nom, *cellules in lignes
    )
    table = (
        f"<table><caption>{escape(legende)}</caption><thead><tr>{entete}</tr></thead>"
        f"<tbody>{corps}</tbody></table>"
    )
    return html.Div(
        className="tableau matrice",
        role="region",
        tabIndex="0",
        **attributs(aria_label=legende, data_html=table),
    )


def lien_direct(texte: str, adresse: str) -> Markup:
    """Return a link inside the application, for a cell."""
    return _sur(f'<a href="{markup(adresse)}">{markup(texte)}</a>')


def etat_direct(code: str | None) -> Markup:
    """Return the mark of a state, for a cell: a sign and a word, never a colour alone."""
    signe, nom = signe_et_mot(code)
    return _sur(
        f'<span class="etat etat-{markup(code or "")}"><span aria-hidden="true">{signe}</span> '
        f"{nom}</span>"
    )


def _sur(html_echappe: str) -> Markup:
    """Mark as HTML what has just been written from escaped pieces."""
    return Markup(html_echappe)  # noqa: S704 - its pieces are escaped


def image_directe(svg: str, description: str) -> Markup:
    """Return a chart drawn on the server; `description` is for who cannot see it."""
    return Markup(
        '<figure class="graphique"><div role="img" aria-label="{}">{}</div></figure>'
    ).format(description, Markup(svg))  # noqa: S704 - drawn by infocentre.graphiques, escaped


def mois_direct(mois: str) -> Markup:
    """Return a month, for a cell."""
    return insecable(nom_mois(mois))


def part(numerateur: int | None, denominateur: int | None) -> str:
    """Return « 3,2 % (12 / 375) », « – » without a unit."""
    if not denominateur:
        return "–"
    ecrits = map(entier, (numerateur or 0, denominateur))
    return f"{taux((numerateur or 0) / denominateur)} ({' / '.join(ecrits)})"

"""Long lists, written at once as HTML: a table on a screen, a card per row on a telephone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dash import html
from markupsafe import Markup, escape

from dashboards.composants.elements import attributs
from infocentre.exports import lisible

Cellule = str | Markup | int | None
SAUT = Markup("<br>")


@dataclass(frozen=True, slots=True)
class Groupe:
    """Heading of the rows that follow."""

    nom: str


def liste(
    colonnes: Sequence[str],
    lignes: Iterable[Sequence[Cellule] | Groupe],
    legende: str,
    *,
    numeriques: Iterable[int] = (),
) -> html.Div:
    """Return an accessible table; the first column names the rows, `numeriques` go right.

    A Groupe among the rows is the heading of those that follow.
    """
    balises = _balises(colonnes, frozenset(numeriques))
    corps = "".join(_ligne(balises, ligne) for ligne in lignes)
    table = (
        f'<table role="table"><caption>{escape(legende)}</caption><thead role="rowgroup">'
        f'<tr role="row">{"".join(une.entete for une in balises)}</tr></thead>'
        f'<tbody role="rowgroup">{corps}</tbody></table>'
    )
    return html.Div(
        className="tableau liste",
        role="region",
        tabIndex="0",
        **attributs(aria_label=legende, data_html=table),
    )


@dataclass(frozen=True, slots=True)
class _Balises:
    """What stands around the cells of a column."""

    entete: str
    debut: str
    fin: str


def _balises(colonnes: Sequence[str], a_droite: frozenset[int]) -> list[_Balises]:
    balises = []
    for rang, nom in enumerate(colonnes):
        classe = ' class="nombre"' if rang in a_droite else ""
        entete = f'<th role="columnheader" scope="col"{classe}>{escape(nom)}</th>'
        debut, fin = f'<td role="cell" data-nom="{escape(nom)}"{classe}>', "</td>"
        if rang == 0:
            debut, fin = '<th role="rowheader" scope="row">', "</th>"
        balises.append(_Balises(entete, debut, fin))
    return balises


def _ligne(balises: Sequence[_Balises], ligne: Sequence[Cellule] | Groupe) -> str:
    if isinstance(ligne, Groupe):
        return (
            f'<tr role="row" class="groupe"><th role="rowheader" colspan="{len(balises)}">'
            f"{escape(ligne.nom)}</th></tr>"
        )
    cellules = "".join(
        f"{une.debut}{_contenu(cellule)}{une.fin}"
        for une, cellule in zip(balises, ligne, strict=True)
    )
    return f'<tr role="row">{cellules}</tr>'


def _contenu(cellule: Cellule) -> Markup:
    return escape(lisible(cellule) if isinstance(cellule, int) else cellule or "")


def lignes_de(*morceaux: Cellule) -> Markup:
    """Return texts one under the other in a cell, of which they are one piece; empty ones go."""
    ecrits = [escape(morceau) for morceau in morceaux if morceau]
    return _sur(f"<span>{SAUT.join(ecrits)}</span>") if len(ecrits) > 1 else SAUT.join(ecrits)


def _sur(html_echappe: str) -> Markup:
    """Mark as HTML what has just been written from escaped pieces."""
    return Markup(html_echappe)  # noqa: S704 - its pieces are escaped


def insecable(texte: str | None) -> Markup:
    """Return a text that does not break over two lines: a telephone, a date."""
    return _sur(f'<span class="insecable">{escape(texte)}</span>') if texte else Markup("")

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
    a_droite = frozenset(numeriques)
    entete = _coller(
        Markup('<th role="columnheader" scope="col"{}>{}</th>').format(_classe(rang, a_droite), nom)
        for rang, nom in enumerate(colonnes)
    )
    corps = _coller(_ligne(colonnes, ligne, a_droite) for ligne in lignes)
    table = Markup(
        '<table role="table"><caption>{}</caption><thead role="rowgroup"><tr role="row">{}</tr>'
        '</thead><tbody role="rowgroup">{}</tbody></table>'
    ).format(legende, entete, corps)
    return html.Div(
        className="tableau liste",
        role="region",
        tabIndex="0",
        **attributs(aria_label=legende, data_html=str(table)),
    )


def _coller(morceaux: Iterable[Markup | str]) -> Markup:
    return Markup("").join(morceaux)


def _classe(rang: int, a_droite: frozenset[int]) -> Markup:
    return Markup(' class="nombre"') if rang in a_droite else Markup("")


def _ligne(
    colonnes: Sequence[str], ligne: Sequence[Cellule] | Groupe, a_droite: frozenset[int]
) -> Markup:
    if isinstance(ligne, Groupe):
        return Markup(
            '<tr role="row" class="groupe"><th role="rowheader" colspan="{}">{}</th></tr>'
        ).format(len(colonnes), ligne.nom)
    cellules = _coller(
        _cellule(nom, cellule, rang, a_droite)
        for rang, (nom, cellule) in enumerate(zip(colonnes, ligne, strict=True))
    )
    return Markup('<tr role="row">{}</tr>').format(cellules)


def _cellule(nom: str, cellule: Cellule, rang: int, a_droite: frozenset[int]) -> Markup:
    contenu = escape(lisible(cellule) if isinstance(cellule, int) else cellule or "")
    if rang == 0:
        return Markup('<th role="rowheader" scope="row">{}</th>').format(contenu)
    return Markup('<td role="cell" data-nom="{}"{}>{}</td>').format(
        nom, _classe(rang, a_droite), contenu
    )


def lignes_de(*morceaux: Cellule) -> Markup:
    """Return texts one under the other in a cell; empty ones are left out."""
    return SAUT.join(escape(morceau) for morceau in morceaux if morceau)


def insecable(texte: str | None) -> Markup:
    """Return a text that does not break over two lines: a telephone, a date."""
    return Markup('<span class="insecable">{}</span>').format(texte) if texte else Markup("")

"""Long lists, given as one tree: a table on a screen, a card per row on a telephone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dash import html
from markupsafe import Markup

from dashboards.composants.balises import Balise, balise, bloc, enfants
from dashboards.composants.elements import lien
from dashboards.composants.natifs import Bloc
from infocentre.exports import lisible
from infocentre.lecture.recherche import Trouve

RIEN = "–"  # what a cell says that has nothing to say
Cellule = str | Markup | Balise | int | None
# A table of more columns is wider than any page: it scrolls in itself, its titles with it.
COLONNES_MAX = 12


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
    nus: Iterable[int] | None = None,
) -> Bloc:
    """Return an accessible table; the first column names the rows, `numeriques` go right.

    A Groupe among the rows is the heading of those that follow. With `nus`, the card of a row is
    its name, then one text; those columns need no name in it.
    """
    a_droite, sans_nom = frozenset(numeriques), frozenset(nus or ())
    modeles = [
        _modele(rang, None if rang in sans_nom else nom, a_droite)
        for rang, nom in enumerate(colonnes)
    ]
    entete = [
        balise("th", nom, role="columnheader", scope="col", class_=_classe(rang in a_droite))
        for rang, nom in enumerate(colonnes)
    ]
    table = balise(
        "table",
        balise("caption", legende),
        balise("thead", balise("tr", entete, role="row"), role="rowgroup"),
        balise("tbody", [_ligne(modeles, ligne) for ligne in lignes], role="rowgroup"),
        role="table",
    )
    classe = "liste" if nus is None else "liste compacte"
    return region(table, legende, f"{classe} large" if len(colonnes) > COLONNES_MAX else classe)


def region(table: Balise, legende: str, classe: str = "") -> Bloc:
    """Return a table that scrolls in itself, by the keyboard too."""
    classes = f"tableau {classe}".strip()
    return bloc(balise("div", table, class_=classes, role="region", tabindex=0, aria_label=legende))


def _classe(a_droite: bool) -> str | None:  # noqa: FBT001 - private
    return "nombre" if a_droite else None


def _modele(rang: int, nom: str | None, a_droite: frozenset[int]) -> Balise:
    """Return the cell of a column, empty."""
    if rang == 0:
        return balise("th", role="rowheader", scope="row")
    return balise("td", role="cell", data_nom=nom, class_=_classe(rang in a_droite))


def _ligne(modeles: Sequence[Balise], ligne: Sequence[Cellule] | Groupe) -> Balise:
    if isinstance(ligne, Groupe):
        tete = balise("th", ligne.nom, role="rowheader", colspan=len(modeles))
        return balise("tr", tete, role="row", class_="groupe")
    return balise(
        "tr",
        [_cellule(modele, cellule) for modele, cellule in zip(modeles, ligne, strict=True)],
        role="row",
    )


def _cellule(modele: Balise, cellule: Cellule) -> Balise:
    """Return a cell; one that has nothing is of no use on a card, where it is not below others."""
    nom, attributs = modele
    if cellule == RIEN:
        attributs = attributs | {"data-rien": ""}
    return Balise(
        [nom, attributs, *enfants(lisible(cellule) if isinstance(cellule, int) else cellule)]
    )


def trouves(lignes: Iterable[Trouve]) -> html.Ul:
    """Return links to what was found, each with what tells it from others."""
    elements = [
        html.Li([lien(un.nom, un.adresse), html.Span(un.precision, className="fr-hint-text")])
        for un in lignes
    ]
    return html.Ul(elements, className="trouves")


def lignes_de(*morceaux: Cellule) -> Balise | None:
    """Return texts one under the other in a cell, of which they are one piece; empty ones go."""
    presents = [un for un in morceaux if un]
    suite = [un for morceau in presents for un in (balise("br"), morceau)]
    return balise("span", *suite[1:]) if presents else None


def insecable(texte: str | None) -> Balise | None:
    """Return a text that does not break over two lines: a telephone, a date."""
    return balise("span", texte, class_="insecable") if texte else None

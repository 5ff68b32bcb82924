"""Texts of a document, people's Markdown too, as lines of runs: Office files have no HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from infocentre.noyau.francais import composer
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Colonne,
    Liste,
    Mots,
    Paragraphe,
    Tableau,
    morceaux,
)

Genre = Literal["titre", "puce", "numero", "texte"]


class Morceau(NamedTuple):
    """A run of text in one style."""

    texte: str
    gras: bool = False
    italique: bool = False


@dataclass(frozen=True, slots=True)
class Ligne:
    """A paragraph; `niveau` counts from 0 the lists it is nested in, `rang` numbers it from 1."""

    genre: Genre
    morceaux: tuple[Morceau, ...]
    niveau: int = 0
    rang: int = 0

    @property
    def texte(self) -> str:
        """The words without their styles."""
        return "".join(un.texte for un in self.morceaux)


def lire(markdown: str) -> list[Ligne]:
    """Return the paragraphs, titles and points of a text; pictures and HTML are left out."""
    return list(_lignes(_analyser(markdown)))


def _analyser(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown)


def eclater(bloc: Bloc) -> list[Bloc]:
    """Return a block as it is, people's words cut at their tables, which become real ones."""
    if not isinstance(bloc, Mots):
        return [bloc]
    lignes, jetons = bloc.markdown.splitlines(), _analyser(bloc.markdown)
    blocs: list[Bloc] = []
    fait = 0
    for rang, jeton in enumerate(jetons):
        if jeton.type == "table_open" and jeton.map:
            debut, fin = jeton.map
            blocs += [_mots(bloc, lignes[fait:debut]), _tableau(bloc, jetons[rang:])]
            fait = fin
    blocs.append(_mots(bloc, lignes[fait:]))
    return [un for un in blocs if not isinstance(un, Mots) or un.markdown] or [bloc]


def _mots(bloc: Mots, lignes: list[str]) -> Mots:
    return Mots(bloc.cle, "\n".join(lignes).strip(), bloc.attente)


def _tableau(bloc: Mots, jetons: list[Token]) -> Tableau:
    """Return the table that opens these tokens; it has no title but the heading above it."""
    fin = next(rang for rang, jeton in enumerate(jetons) if jeton.type == "table_close")
    rangees: list[list[str]] = []
    for jeton in jetons[:fin]:
        if jeton.type == "tr_open":
            rangees.append([])
        elif jeton.type == "inline":
            rangees[-1].append("".join(un.texte for un in _morceaux(jeton.children or [])))
    entete, *corps = rangees
    lignes = tuple(tuple(Cellule(un) for un in rangee) for rangee in corps)
    return Tableau(bloc.cle, "", tuple(Colonne(un) for un in entete), lignes)


def _lignes(jetons: Iterable[Token]) -> Iterator[Ligne]:
    listes: list[int | None] = []  # the rank reached in each open list, None when not numbered
    titre = nouveau = False
    for jeton in jetons:
        match jeton.type:
            case "bullet_list_open":
                listes.append(None)
            case "ordered_list_open":
                listes.append(int(jeton.attrs.get("start", 1)) - 1)
            case "bullet_list_close" | "ordered_list_close":
                listes.pop()
            case "list_item_open":
                nouveau = True
                listes[-1] = None if listes[-1] is None else listes[-1] + 1
            case "heading_open" | "heading_close":
                titre = jeton.nesting == 1
            case "inline":
                yield _ligne(jeton, listes, titre=titre, nouveau=nouveau)
                nouveau = False


def _ligne(jeton: Token, listes: list[int | None], *, titre: bool, nouveau: bool) -> Ligne:
    runs = tuple(_morceaux(jeton.children or []))
    niveau = max(0, len(listes) - 1)
    if titre:
        return Ligne("titre", runs)
    if not listes or not nouveau:
        return Ligne("texte", runs, niveau)
    return Ligne("puce" if listes[-1] is None else "numero", runs, niveau, listes[-1] or 0)


def _morceaux(jetons: Iterable[Token]) -> Iterator[Morceau]:
    gras = italique = False
    for jeton in jetons:
        if jeton.type in {"strong_open", "strong_close"}:
            gras = jeton.nesting == 1
        elif jeton.type in {"em_open", "em_close"}:
            italique = jeton.nesting == 1
        elif jeton.type in {"softbreak", "hardbreak"}:
            yield Morceau(" ")
        elif jeton.type in {"text", "code_inline"} and jeton.content:
            yield Morceau(composer(jeton.content), gras, italique)


def phrase(texte: str) -> tuple[Morceau, ...]:
    """Return a sentence of the document, whose only style is **bold**, as runs."""
    return tuple(Morceau(un, gras) for un, gras in morceaux(composer(texte)))


def en_lignes(bloc: Bloc) -> list[Ligne]:
    """Return the paragraphs of a block of text; none for a block of another kind."""
    if isinstance(bloc, Paragraphe):
        return [_paragraphe(bloc)]
    if isinstance(bloc, Liste):
        genre: Genre = "numero" if bloc.numerotee else "puce"
        return [Ligne(genre, phrase(un), 0, rang) for rang, un in enumerate(bloc.points, 1)]
    if not isinstance(bloc, Mots):
        return []
    if bloc.markdown.strip():
        return lire(bloc.markdown)
    return [Ligne("texte", (Morceau(f"À compléter : {bloc.attente}", italique=True),))]


def _paragraphe(bloc: Paragraphe) -> Ligne:
    if bloc.genre == "alerte":
        return Ligne("texte", (Morceau("Attention : ", gras=True), *phrase(bloc.texte)))
    return Ligne("titre" if bloc.genre == "chapeau" else "texte", phrase(bloc.texte))

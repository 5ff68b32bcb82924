"""Tables of a returned workbook, found by their titles wherever people moved them.

A sheet that was copied, renamed, or that has blank rows above, is read all the same; the number
of each row is that of the sheet that the person sees.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from infocentre.livraisons.classeurs import FeuilleLue, lire_toutes_les_feuilles
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import simplifier

TITRES_AVANT = 30  # rows above the titles, at most


class Ligne(NamedTuple):
    """A row under titles: where it is for the person, its text by title."""

    ou: str
    dit: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under the titles of a sheet, and what of the sheet cannot be read: why, by place."""

    lignes: tuple[Ligne, ...] = ()
    refusees: tuple[str, ...] = field(default=())


def ouvrir(octets: bytes, faux: Refus) -> list[FeuilleLue]:
    """Return the sheets of a returned workbook; raise Refus, `faux` when it is none."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as fichier:
        fichier.write(octets)
        fichier.flush()
        return lire_toutes_les_feuilles(Path(fichier.name), faux)


def comparable(texte: str) -> str:
    """Return a title or a choice as it is compared: no accents, capitals, nor curly apostrophe."""
    return " ".join(simplifier(texte.replace("’", "'")).split())


def cellule(ligne: Sequence[str], rang: int) -> str:
    """Return a cell of a row, '' past its end."""
    return ligne[rang].strip() if rang < len(ligne) else ""


def rang_des_titres(lignes: Sequence[Sequence[str]], cles: Collection[str]) -> int | None:
    """Return the rank of the row that has all these titles, or all but one of many; else None."""
    voulus = {comparable(un) for un in cles}
    for rang, ligne in enumerate(lignes[:TITRES_AVANT]):
        if voulus <= {comparable(un) for un in ligne}:
            return rang
    return None


def tables(
    feuilles: Iterable[FeuilleLue], titres: Sequence[str], cles: Collection[str]
) -> Iterator[tuple[FeuilleLue, int]]:
    """Yield the sheets that have a row of these titles, with its rank; those of `cles` tell it.

    A row that has half of `titres` is one too: that a title of `cles` was removed is then said.
    """
    for feuille in feuilles:
        rang = rang_des_titres(feuille["lignes"], cles)
        if rang is None:
            rang = _a_moitie(feuille["lignes"], titres)
        if rang is not None:
            yield feuille, rang


def _a_moitie(lignes: Sequence[Sequence[str]], titres: Sequence[str]) -> int | None:
    voulus = {comparable(un) for un in titres}
    for rang, ligne in enumerate(lignes[:TITRES_AVANT]):
        if 2 * len(voulus & {comparable(un) for un in ligne}) >= len(voulus):
            return rang
    return None


def references(feuilles: Iterable[FeuilleLue], cles: Collection[str]) -> dict[str, list[str]]:
    """Return what the sheet that has all these names in its first column says, by name.

    Each value once, whatever the copies of the sheet; {} when there is no such sheet.
    """
    dites: dict[str, list[str]] = {}
    for une in feuilles:
        lignes = [ligne for ligne in une["lignes"] if ligne]
        if not set(cles) <= {ligne[0] for ligne in lignes}:
            continue
        for ligne in lignes:
            valeur = cellule(ligne, 1)
            if ligne[0] and valeur and valeur not in dites.setdefault(ligne[0], []):
                dites[ligne[0]].append(valeur)
    return dites


def lire_tables(
    feuilles: Iterable[FeuilleLue],
    titres: Sequence[str],
    cles: Collection[str],
    saisies: Collection[str],
) -> list[Table]:
    """Read each sheet that has these titles, as `lire_table` does."""
    trouvees = tables(feuilles, titres, cles)
    return [lire_table(une, rang, titres, cles, saisies) for une, rang in trouvees]


def lire_table(
    feuille: FeuilleLue,
    rang: int,
    titres: Sequence[str],
    cles: Collection[str],
    saisies: Collection[str],
) -> Table:
    """Read the rows under the titles of a sheet.

    Without a column of `cles`, or with two of one, nothing is: it is said. A column of `saisies`
    has the text of a merged cell in each of its rows; what is written beside is said.
    """
    nom, lignes = feuille["nom"], feuille["lignes"]
    ou = f"feuille « {nom} »"
    entete = [comparable(un) for un in lignes[rang]]
    places = {titre: _rangs(entete, titre) for titre in titres}
    lus = {*cles, *saisies}
    manquent = [titre for titre in titres if titre in lus and not places[titre]]
    dits = [f"{ou} : il manque la colonne « {titre} »" for titre in manquent]
    doubles = [titre for titre in titres if len(places[titre]) > 1]
    dits += [f"{ou} : la colonne « {titre} » y est deux fois" for titre in doubles]
    if doubles or not set(cles).isdisjoint(manquent):
        return Table(refusees=tuple(dits))
    colonnes = {titre: siens[0] for titre, siens in places.items() if siens}
    etendues = _etendre(feuille, rang, {colonnes[un] for un in saisies if un in colonnes})
    corps = etendues[rang + 1 :]
    lues = [
        Ligne(
            f"{ou}, ligne {numero}",
            {
                titre: cellule(ligne, colonnes[titre]) if titre in colonnes else ""
                for titre in titres
            },
        )
        for numero, ligne in enumerate(corps, start=rang + 2)
    ]
    dits += _a_cote(ou, corps, rang + 2, set(colonnes.values()))
    return Table(tuple(lues), tuple(dits))


def _rangs(entete: Sequence[str], titre: str) -> list[int]:
    return [rang for rang, un in enumerate(entete) if un == comparable(titre)]


def _etendre(feuille: FeuilleLue, titres: int, colonnes: Collection[int]) -> list[list[str]]:
    """Return the rows, the text of a merged cell in each of its rows, under the titles."""
    lignes = [list(une) for une in feuille["lignes"]]
    for haut, gauche, bas, _ in feuille["fusions"]:
        if haut <= titres or gauche not in colonnes:
            continue
        texte = cellule(lignes[haut], gauche) if haut < len(lignes) else ""
        for rang in range(haut + 1, min(bas + 1, len(lignes))):
            lignes[rang] += [""] * (gauche + 1 - len(lignes[rang]))
            lignes[rang][gauche] = texte
    return lignes


def _a_cote(
    ou: str, corps: Sequence[Sequence[str]], premiere: int, connues: Collection[int]
) -> list[str]:
    """Say what is written in columns that have no title of the workbook, once a column."""
    dits: dict[int, str] = {}
    for numero, ligne in enumerate(corps, start=premiere):
        for rang, texte in enumerate(ligne):
            if texte.strip() and rang not in connues:
                dits.setdefault(
                    rang,
                    f"{ou}, ligne {numero} : « {texte.strip()[:30]} » est dans une colonne que ce "
                    "classeur n'a pas, et n'est pas lu",
                )
    return list(dits.values())


def questions(
    feuilles: Iterable[FeuilleLue], connues: Mapping[str, str], jusqu_a: Callable[[str], bool]
) -> tuple[dict[str, list[str]], list[str], list[tuple[FeuilleLue, int]]]:
    """Return what is written beside questions, {name: its different answers}; `connues` are them.

    Then what is answered to no question, why; then the sheets that have questions, with the rank
    of the first row that `jusqu_a` tells is after them.
    """
    dites: dict[str, list[str]] = {nom: [] for nom in connues}
    refusees: list[str] = []
    trouvees: list[tuple[FeuilleLue, int]] = []
    par_titre = {comparable(titre): nom for nom, titre in connues.items()}
    for feuille in feuilles:
        lignes = feuille["lignes"]
        if not any(comparable(un) in par_titre for ligne in lignes for un in ligne):
            continue
        fin = next((r for r, une in enumerate(lignes) if any(map(jusqu_a, une))), len(lignes))
        trouvees.append((feuille, fin))
        for numero, ligne in enumerate(lignes[:fin], start=1):
            _question(feuille["nom"], numero, ligne, par_titre, dites, refusees)
    return dites, refusees, trouvees


def _question(
    feuille: str,
    numero: int,
    ligne: Sequence[str],
    par_titre: Mapping[str, str],
    dites: Mapping[str, list[str]],
    refusees: list[str],
) -> None:
    pleines = [(rang, un.strip()) for rang, un in enumerate(ligne) if un.strip()]
    rang = next((r for r, un in pleines if comparable(un) in par_titre), None)
    if rang is None:
        if pleines:
            refusees.append(
                f"feuille « {feuille} », ligne {numero} : « {pleines[0][1][:30]} » ne répond à "
                "aucune question du classeur"
            )
        return
    suites = [un for r, un in pleines if r > rang]
    siennes = dites[par_titre[comparable(ligne[rang])]]
    if suites and suites[0] not in siennes:
        siennes.append(suites[0])

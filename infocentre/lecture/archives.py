"""Lists of demandes: SELECTs over the archives of some deliveries, made visible at once.

Only the relations that a SELECT names are created; the reference lists are read once per version.
The last lists of demandes stay in memory: their other pages, guichets and orders cost little.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import duckdb

from infocentre.contrat import Table, montres
from infocentre.entrepot import Livraison
from infocentre.entrepot.dossier import VersionLue
from infocentre.entrepot.macros import sql_macros
from infocentre.entrepot.relations import (
    Lire,
    en_lignes,
    sql_creer,
    sql_references,
    sql_vues,
    telles_quelles,
)
from infocentre.lecture.lecteur import L, Lecture, ListeTenue
from infocentre.noyau.erreurs import Refus

LIGNES_TENUES = 500_000  # of all lists together, unless the last one alone has more
ESSAIS = 5
AUCUNE: Mapping[str, str] = MappingProxyType({})
_VERROU = threading.Lock()
_RANGS = itertools.count()


@contextlib.contextmanager
def ouvrir_lecture(v: Lecture) -> Iterator[VersionLue]:
    """Give the operations what they read with: the version on a cursor of its own."""
    with v.ouverte.con.cursor() as curseur:
        yield VersionLue(v.dossier, v.version, curseur)


@contextlib.contextmanager
def relation_d_archives(
    v: Lecture, livraisons: list[Livraison], nom: str, contenu: str, requete: str
) -> Iterator[duckdb.DuckDBPyRelation]:
    """Give what a SELECT returns that reads `nom`, of `droits.FICHIERS`: what `contenu` gives."""
    sql = f"WITH {nom} AS (FROM {v.filtrer(nom, f'({contenu})')}) {requete}"
    with v.curseur() as curseur:
        _montrer(v, curseur, livraisons, sql)
        yield curseur.sql(sql)


def _montrer(
    v: Lecture,
    curseur: duckdb.DuckDBPyConnection,
    livraisons: Iterable[Livraison],
    sql: str,
    lire: Lire = telles_quelles,
) -> None:
    mots = set(re.findall(r"[a-z_]+", sql))
    archives = [v.dossier.archive(une) for une in livraisons]
    for instruction in sql_creer(sql_vues(archives, lire, mots), "TEMP VIEW"):
        curseur.execute(instruction)
    for nom, select in sql_references().items():
        if nom in mots:
            _tenir_reference(v, curseur, nom, select)
            curseur.execute(f"CREATE OR REPLACE TEMP VIEW {nom} AS FROM referentiels.{nom}")


def _tenir_reference(v: Lecture, curseur: duckdb.DuckDBPyConnection, nom: str, select: str) -> None:
    """Read a reference list, once, into a database in memory that every cursor sees."""
    with _VERROU:
        if nom in v.ouverte.references:
            return
        curseur.execute("ATTACH IF NOT EXISTS ':memory:' AS referentiels (READ_WRITE)")
        for instruction in sql_creer({f"referentiels.{nom}": select}, "TABLE"):
            curseur.execute(instruction)
        v.ouverte.references.add(nom)


def lignes_d_une_partie(
    v: Lecture,
    livraison: Livraison,
    gardees: Mapping[str, str],
    requetes: Mapping[str, str],
    parts: Mapping[str, str] = AUCUNE,
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of some SELECTs of standard tables, made of a part of a delivery.

    `gardees` is {table: the condition on the rows that are kept}; a table that is not there is
    whole. The SELECTs find what they find at a control: the tables, references and macros. `parts`
    is {table: what names the part of a row}: every standard table is by month, and the parts stand
    there in place of the months, so that one reading gives the table of each.
    """
    lire = _des_parties(gardees, parts)
    macros = "; ".join(sql_macros())
    with v.curseur() as curseur:
        _montrer(v, curseur, [livraison], " ".join((*requetes.values(), macros)), lire)
        curseur.execute(macros)
        return {nom: en_lignes(curseur.execute(sql)) for nom, sql in requetes.items()}


def _des_parties(gardees: Mapping[str, str], parts: Mapping[str, str] = AUCUNE) -> Lire:
    def lire(table: Table, source: str) -> str:
        part, condition = parts.get(table.nom), gardees.get(table.nom)
        choix = f"* REPLACE ({part} AS mois)" if part else "*"
        ou = f" WHERE {condition}" if condition else ""
        return f"SELECT {choix} FROM ({source}){ou}" if part or condition else source

    return lire


def tenir_references(v: Lecture) -> None:
    """Read the reference lists before the first page that needs them."""
    with v.ouverte.con.cursor() as curseur:
        for nom, select in sql_references().items():
            _tenir_reference(v, curseur, nom, select)


@dataclass(frozen=True, slots=True)
class Liste:
    """A list of demandes: what tells it from others, the SELECT `contenu` over some deliveries."""

    cle: Hashable
    livraisons: tuple[Livraison, ...]
    contenu: str


def lignes_de_liste(
    v: Lecture,
    liste: Liste,
    requete: str,
    parametres: dict[str, Any],
    genre: type[L],
    gardees: Mapping[str, str] = AUCUNE,
) -> list[L]:
    """Return the rows of `requete`, in which {liste} is what the SELECT of the list gives.

    It is run when the list is not among the last ones, and kept. A few rows are worth no list:
    `gardees`, {table: the condition on its rows}, says of what they are made, and nothing is kept.
    """
    cle = (v.p, liste.cle)
    for _ in range(ESSAIS):
        nom = _liste_tenue(v, cle)
        if nom is None and gardees:
            return _lignes_seules(v, liste, requete, parametres, genre, gardees)
        nom = nom or _tenir_liste(v, cle, liste)
        with contextlib.suppress(duckdb.CatalogException):  # another request has had it dropped
            return v.lignes(requete.format(liste=nom), parametres, genre)
    raise Refus("Cette liste n'a pas pu être préparée", que_faire="Actualiser la page.")


def _lignes_seules(
    v: Lecture,
    liste: Liste,
    requete: str,
    parametres: dict[str, Any],
    genre: type[L],
    gardees: Mapping[str, str],
) -> list[L]:
    sql = requete.format(liste=f"({liste.contenu})")
    with v.curseur() as curseur:
        _montrer(v, curseur, liste.livraisons, sql, _des_parties(gardees))
        lues: list[Any] = en_lignes(curseur.execute(sql, parametres), genre)
    montres.lire_lignes(une.values() for une in lues)
    return lues


def _liste_tenue(v: Lecture, cle: Hashable) -> str | None:
    with _VERROU:
        if cle not in v.ouverte.listes:
            return None
        v.ouverte.listes.move_to_end(cle)
        return v.ouverte.listes[cle].table


def _tenir_liste(v: Lecture, cle: Hashable, liste: Liste) -> str:
    nom = f"listes.l{next(_RANGS)}"
    with v.ouverte.con.cursor() as curseur:
        _montrer(v, curseur, liste.livraisons, liste.contenu)
        with _VERROU:
            curseur.execute("ATTACH IF NOT EXISTS ':memory:' AS listes (READ_WRITE)")
        (lignes,) = curseur.execute(f"CREATE TABLE {nom} AS {liste.contenu}").fetchall()[0]
        with _VERROU:
            listes = v.ouverte.listes
            anciennes = [listes.pop(cle)] if cle in listes else []
            listes[cle] = ListeTenue(nom, lignes)
            while len(listes) > 1 and sum(une.lignes for une in listes.values()) > LIGNES_TENUES:
                anciennes.append(listes.popitem(last=False)[1])
        for ancienne in anciennes:
            curseur.execute(f"DROP TABLE IF EXISTS {ancienne.table}")
    return nom

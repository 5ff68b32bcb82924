"""What all SQL sees: views over the archives of some months, the reference lists, the macros."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, overload

import duckdb

from infocentre.contrat import Table, contrat
from infocentre.contrat.territoires import fichier_des_communes
from infocentre.entrepot.liens import LIENS, sql_liens
from infocentre.entrepot.macros import sql_macros

COLONNES_COMMUNES = (
    "code, nom, type, departement, epci, epci_nom, arrondissement, arrondissement_nom"
)
# What reception adds to stock: the duplicate facts, computed before the names are put apart.
FAITS_STOCK = ("identite_presente", "doublon_plus_ancien", "deja_reloge")


L = TypeVar("L")


def citer(texte: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + texte.replace("'", "''") + "'"


def inserer(con: duckdb.DuckDBPyConnection, table: str, lignes: Sequence[Sequence[object]]) -> None:
    """Add rows to a table, each value read as the type of its column.

    One statement: DuckDB takes half a millisecond a row to be told them one by one.
    """
    valeurs = ", ".join(
        f"({', '.join('NULL' if un is None else citer(str(un)) for un in ligne)})"
        for ligne in lignes
    )
    if valeurs:
        con.execute(f"INSERT INTO {table} VALUES {valeurs}")


def citer_nom(nom: str) -> str:
    """Return the name of a column or a table as a quoted SQL identifier."""
    return '"' + nom.replace('"', '""') + '"'


@overload
def en_lignes(curseur: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]: ...
@overload
def en_lignes(curseur: duckdb.DuckDBPyConnection, genre: type[L]) -> list[L]: ...
def en_lignes(curseur: duckdb.DuckDBPyConnection, genre: type[Any] = dict) -> list[Any]:
    """Return the rows of the last statement of a cursor as dictionaries, or as a TypedDict.

    Raises:
        TypeError: they lack a column that the type announces.
    """
    noms = [colonne[0] for colonne in curseur.description or []]
    if manquent := getattr(genre, "__required_keys__", frozenset[str]()) - set(noms):
        message = f"{genre.__name__} : {', '.join(sorted(manquent))}"
        raise TypeError(message)
    return [dict(zip(noms, ligne, strict=True)) for ligne in curseur.fetchall()]


# How a view reads a table of the archives, given the SELECT of its rows: as they are, or masked.
Lire = Callable[[Table, str], str]


def telles_quelles(_: Table, source: str) -> str:
    """Read rows as they are."""
    return source


def sql_relations(archives: list[Path], *, lues: bool = False) -> list[str]:
    """Return the statements that create stock, radiation, …, communes, codes and the macros.

    All are temporary. Every table has the contract's columns in lower case, then departement,
    arrete and mois. `lues`: as `sql_rendre_visibles` has them.
    """
    return [
        *sql_rendre_visibles(archives, lues=lues),
        *sql_creer(sql_references(), "TEMP TABLE"),
        *sql_macros(),
    ]


def sql_rendre_visibles(archives: list[Path], *, lues: bool) -> list[str]:
    """Return the statements that make the tables of some archives visible, and `liens`.

    `lues`: their rows are read once, into tables. Of few rows, most of the time of a SELECT is to
    open their files and to say what its view is.
    """
    return sql_creer(sql_vues(archives), "TEMP TABLE" if lues else "TEMP VIEW")


def sql_creer(relations: Mapping[str, str], quoi: str) -> list[str]:
    """Return the statements that make of each SELECT what has its name, as `quoi` (TEMP VIEW)."""
    return [f"CREATE OR REPLACE {quoi} {nom} AS {select}" for nom, select in relations.items()]


def sql_vues(
    archives: list[Path], lire: Lire = telles_quelles, parmi: Container[str] | None = None
) -> dict[str, str]:
    """Return, by table of the contract and `liens`, the SELECT of its rows in some archives.

    Those that are named in `parmi`, all without it.
    """
    vues = sql_tables(archives, lire, parmi)
    if parmi is None or LIENS in parmi:
        vues[LIENS] = sql_liens(archives)
    return vues


def sql_tables(
    archives: list[Path], lire: Lire = telles_quelles, parmi: Container[str] | None = None
) -> dict[str, str]:
    """Return, by table of the contract, the SELECT of its rows in some archives."""
    return {
        table.nom: lire(table, sql_archives(table, fichiers_de(table, archives)))
        for table in contrat().tables.values()
        if not table.nominative and (parmi is None or table.nom in parmi)
    }


def sql_references() -> dict[str, str]:
    """Return, by reference list, the SELECT of its rows."""
    return {"communes": _sql_communes(), "codes": _sql_codes()}


def fichiers_de(table: Table, archives: Iterable[Path]) -> list[Path]:
    """Return the files of a table in some archives; one that a table is newer than has none."""
    fichiers = [archive / f"{table.nom}.parquet" for archive in archives]
    return [un for un in fichiers if un.exists()] if table.depuis else fichiers


def sql_archives(table: Table, fichiers: Sequence[Path]) -> str:
    """Return the SELECT of the rows of a table in some archives.

    A column of the contract that an archive is older than is null there.
    """
    champs = ", ".join(f"NULL::{c.type_sql} AS {c.champ}" for c in table.colonnes)
    propres = FAITS_STOCK if table.nom == "stock" else ()
    faits = "".join(f", NULL::BOOLEAN AS {fait}" for fait in propres)
    vide = (
        f"SELECT {champs}{faits}, NULL::VARCHAR AS departement, NULL::DATE AS arrete, "
        "NULL::VARCHAR AS mois LIMIT 0"
    )
    if not fichiers:
        return vide
    return (
        f"SELECT * FROM {lecture_de(fichiers, union=True)} UNION ALL BY NAME SELECT * FROM ({vide})"
    )


def lecture_de(fichiers: Sequence[Path | str], *, union: bool = False) -> str:
    """Return the SQL relation of the rows of some Parquet files; `union` of all their columns."""
    noms = ", ".join(citer(str(fichier)) for fichier in fichiers)
    return f"read_parquet([{noms}]{', union_by_name = true' if union else ''})"


def ajouter_colonnes(con: duckdb.DuckDBPyConnection, table: str, requete: str) -> None:
    """Add to a table, null, the columns that a SELECT has and it has not yet."""
    presentes = {nom for nom, *_ in con.execute(f"DESCRIBE {table}").fetchall()}
    for nom, type_sql, *_ in con.execute(f"DESCRIBE {requete}").fetchall():
        if nom not in presentes:
            con.execute(f"ALTER TABLE {table} ADD COLUMN {citer_nom(nom)} {type_sql}")


def _sql_communes() -> str:
    """Return the SELECT of `communes`, a row a code."""
    return f"SELECT {COLONNES_COMMUNES} FROM {lecture_de([fichier_des_communes()])}"


def _sql_codes() -> str:
    lignes = ", ".join(
        f"({citer(liste)}, {citer(code)}, {citer(libelle)})"
        for liste, codes in contrat().codes.items()
        for code, libelle in codes.items()
    )
    return f"SELECT * FROM (VALUES {lignes}) AS valeurs (liste, code, libelle)"

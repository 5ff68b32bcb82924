"""The relations that SQL sees, as empty tables: what populations and rules are bound against."""

from __future__ import annotations

import functools
import json

import duckdb

from infocentre.contrat import contrat
from infocentre.entrepot.relations import FAITS_STOCK, citer

COLONNES_ARCHIVE = {"departement": "VARCHAR", "arrete": "DATE", "mois": "VARCHAR"}
REFERENCES = {
    "communes": dict.fromkeys(
        (
            "code",
            "nom",
            "type",
            "departement",
            "epci",
            "epci_nom",
            "arrondissement",
            "arrondissement_nom",
        ),
        "VARCHAR",
    ),
    "codes": dict.fromkeys(("liste", "code", "libelle"), "VARCHAR"),
}


def relations() -> dict[str, dict[str, str]]:
    """Return {relation: {column: DuckDB type}} of all that populations may read."""
    tables = {
        nom: {colonne.champ: colonne.type_sql for colonne in table.colonnes} | COLONNES_ARCHIVE
        for nom, table in contrat().tables.items()
        if not table.nominative
    }
    tables["stock"] |= dict.fromkeys(FAITS_STOCK, "BOOLEAN")
    return tables | REFERENCES


def creer_tables(connexion: duckdb.DuckDBPyConnection) -> None:
    """Create every relation as an empty table."""
    for nom, colonnes in relations().items():
        corps = ", ".join(f'"{colonne}" {type_sql}' for colonne, type_sql in colonnes.items())
        connexion.execute(f'create table "{nom}" ({corps})')


@functools.cache
def _base_vide() -> duckdb.DuckDBPyConnection:
    connexion = duckdb.connect(config={"threads": 1})
    creer_tables(connexion)
    return connexion


@functools.cache
def types_colonnes(sql: str) -> dict[str, str]:
    """Return {column: DuckDB type} of a SELECT over the relations; raises duckdb.Error."""
    lignes = _base_vide().cursor().execute(f"describe {sql}").fetchall()
    return {ligne[0]: ligne[1] for ligne in lignes}


def planifier(sql: str) -> object:
    """Return DuckDB's plan of a SELECT over the relations: what it reads of each, and no more.

    Filters stay above what is read, so that each column is told; raises duckdb.Error.
    """
    ((_, plan),) = _planificateur().cursor().execute(f"explain (format json) {sql}").fetchall()
    return json.loads(plan)


@functools.cache
def _planificateur() -> duckdb.DuckDBPyConnection:
    """Return empty relations on which DuckDB only leaves out what nothing asks."""
    connexion = duckdb.connect(config={"threads": 1})
    creer_tables(connexion)
    ((autres,),) = connexion.execute(
        "select string_agg(name, ',') from duckdb_optimizers() "
        "where name not in ('unused_columns', 'cte_inlining')"
    ).fetchall()
    connexion.execute(f"set disabled_optimizers = {citer(autres)}")
    return connexion


def evaluer_a_vide(expressions: list[str], types: dict[str, str]) -> None:
    """Evaluate expressions on a row of nulls; raises duckdb.Error (a date that is none, …)."""
    nuls = ", ".join(f'null::{type_sql} as "{colonne}"' for colonne, type_sql in types.items())
    termes = ", ".join(f"({une}\n)" for une in expressions)
    _base_vide().cursor().execute(f"select {termes} from (select {nuls}) as vide").fetchall()

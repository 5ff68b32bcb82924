"""What a piece of SQL names, as DuckDB's own parser reads it."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import duckdb

from infocentre.entrepot.relations import citer

_CLAUSES_ABSENTES = ("where_clause", "having", "sample", "qualify")


class ErreurSql(ValueError):
    """A piece of SQL that DuckDB cannot read; the message is DuckDB's or ours, in French."""


@functools.cache
def colonnes_nommees(expression: str) -> frozenset[str]:
    """Return the columns that one scalar expression names, in lower case; raises ErreurSql."""
    noeud = seul_select(f"select {expression}\n")
    if len(noeud["select_list"]) != 1 or not _est_nu(noeud):
        message = "une seule expression est attendue, sans « from » ni « where »"
        raise ErreurSql(message)
    nommes = list(noeuds(noeud["select_list"]))
    if any(un.get("class") == "SUBQUERY" for un in nommes):
        message = "une règle n'a pas de sous-requête : la calculer dans la population"
        raise ErreurSql(message)
    return frozenset(
        un["column_names"][-1].lower() for un in nommes if un.get("class") == "COLUMN_REF"
    )


@functools.cache
def tables_nommees(sql: str) -> frozenset[str]:
    """Return the relations that one SELECT reads, its own CTEs left out; raises ErreurSql."""
    tous = list(noeuds(seul_select(sql)))
    lues = {un["table_name"].lower() for un in tous if un.get("type") == "BASE_TABLE"}
    propres = {entree["key"].lower() for un in tous for entree in _ctes(un)}
    return frozenset(lues - propres)


@functools.cache
def parametres_nommes(sql: str) -> frozenset[str]:
    """Return the `$names` that one SELECT leaves for people to choose; raises ErreurSql."""
    tous = noeuds(seul_select(sql))
    return frozenset(un["identifier"] for un in tous if un.get("class") == "PARAMETER")


@functools.cache
def _analyseur() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def seul_select(sql: str) -> dict[str, Any]:
    """Return DuckDB's tree of the only SELECT of a text; raises ErreurSql."""
    # A literal: DuckDB imports pandas, for 0.4 s, when a Python value is bound to a parameter.
    requete = f"select json_serialize_sql({citer(sql)})"
    ligne = _analyseur().cursor().execute(requete).fetchone()
    lu: dict[str, Any] = json.loads(ligne[0] if ligne else '{"error_message": ""}')
    if lu.get("error", True):
        raise ErreurSql(lu["error_message"])
    if len(lu["statements"]) != 1:
        message = "une seule requête est attendue"
        raise ErreurSql(message)
    noeud: dict[str, Any] = lu["statements"][0]["node"]
    return noeud


def _est_nu(noeud: dict[str, Any]) -> bool:
    return noeud["from_table"]["type"] == "EMPTY" and not (
        noeud["modifiers"]
        or noeud["group_expressions"]
        or any(noeud[clause] for clause in _CLAUSES_ABSENTES)
    )


def noeuds(arbre: object) -> Iterator[dict[str, Any]]:
    """Yield every node of a tree, the outer ones first."""
    if isinstance(arbre, dict):
        yield arbre
        for branche in arbre.values():
            yield from noeuds(branche)
    elif isinstance(arbre, list):
        for branche in arbre:
            yield from noeuds(branche)


def _ctes(noeud: dict[str, Any]) -> list[dict[str, Any]]:
    ctes: list[dict[str, Any]] = noeud.get("cte_map", {}).get("map", [])
    return ctes

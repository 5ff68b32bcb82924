"""What a piece of SQL names, as DuckDB's own parser reads it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import duckdb

from infocentre.entrepot.macros import macros
from infocentre.entrepot.relations import citer

SQL_MAX = 100_000  # characters of what a person may ask
# Of what is read as a tree, which is a hundred times its text; of what is worth keeping: the
# longest of our own tables has 7 500.
_ARBRE_MAX, _RETENU_MAX, _RETENUS = 20_000, 8_000, 256
_TROP_LONG = "la requête est trop longue pour être lue : {} caractères au plus"
_IMBRIQUEE = "la requête est trop imbriquée : la couper en étapes (with … as)"
_CLAUSES_ABSENTES = ("where_clause", "having", "sample", "qualify")


# What each parameter of a macro stands for: a tree, and the arguments that it is read with.
_Arguments = dict[str, tuple[Any, "_Arguments"]]
_Lu = TypeVar("_Lu")


class ErreurSql(ValueError):
    """A piece of SQL that DuckDB cannot read; the message is DuckDB's or ours, in French."""


def _retenir(lire: Callable[[str], _Lu]) -> Callable[[str], _Lu]:
    """Keep the last answers about short texts: who asks for long ones does not fill the memory."""
    retenues = functools.lru_cache(_RETENUS)(lire)

    @functools.wraps(lire)
    def relire(texte: str) -> _Lu:
        return (retenues if len(texte) <= _RETENU_MAX else lire)(texte)

    return relire


@_retenir
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


def tables_nommees(sql: str) -> frozenset[str]:
    """Return the relations that one SELECT and its macros read, CTEs left out; raises ErreurSql."""
    return _nommes(sql)[0]


def colonnes_du_select(sql: str) -> frozenset[tuple[str, ...]]:
    """Return the columns that one SELECT and its macros name, each with what qualifies it."""
    return _nommes(sql)[1]


@_retenir
def _nommes(sql: str) -> tuple[frozenset[str], frozenset[tuple[str, ...]]]:
    lues: set[str] = set()
    propres: set[str] = set()
    colonnes: set[tuple[str, ...]] = set()
    for un in _noeuds_des_macros(seul_select(sql)):
        if un.get("type") == "BASE_TABLE":
            lues.add(un["table_name"].lower())
        elif un.get("class") == "COLUMN_REF":
            colonnes.add(tuple(nom.lower() for nom in un["column_names"]))
        propres.update(entree["key"].lower() for entree in _ctes(un))
    return frozenset(lues - propres), frozenset(colonnes)


@_retenir
def parametres_nommes(sql: str) -> frozenset[str]:
    """Return the `$names` that one SELECT leaves for people to choose; raises ErreurSql.

    The parser gives them without its tree.
    """
    _exiger_lisible(sql, SQL_MAX)
    try:
        instructions = _analyseur().cursor().extract_statements(sql)
    except duckdb.Error as erreur:
        raise ErreurSql(_sans_genre(str(erreur))) from None
    if [une.type for une in instructions] != [duckdb.StatementType.SELECT]:
        message = "une seule requête est attendue, qui commence par select, with ou from"
        raise ErreurSql(message)
    return frozenset(map(str, instructions[0].named_parameters))


def _sans_genre(message: str) -> str:
    """Return a message of DuckDB without its « Parser Error: » before, nor the text after."""
    return message.partition(": ")[2].partition("\n")[0] or message


def _exiger_lisible(sql: str, longueur: int) -> None:
    """Raise ErreurSql for a text too long, or one that DuckDB would not see whole."""
    if len(sql) > longueur:
        raise ErreurSql(_TROP_LONG.format(longueur))
    if "\0" in sql:
        message = "la requête contient un caractère nul"
        raise ErreurSql(message)
    try:
        sql.encode()
    except UnicodeEncodeError:
        message = "la requête contient un caractère qui n'existe pas"
        raise ErreurSql(message) from None


@functools.cache
def _analyseur() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def seul_select(sql: str) -> dict[str, Any]:
    """Return DuckDB's tree of the only SELECT of a text; raises ErreurSql."""
    _exiger_lisible(sql, _ARBRE_MAX)
    lu = _serialiser(sql)
    if lu.get("error", True):
        raise ErreurSql(lu["error_message"])
    if len(lu["statements"]) != 1:
        message = "une seule requête est attendue"
        raise ErreurSql(message)
    noeud: dict[str, Any] = lu["statements"][0]["node"]
    return noeud


def _serialiser(sql: str) -> dict[str, Any]:
    # A literal: DuckDB imports pandas, for 0.4 s, when a Python value is bound to a parameter.
    requete = f"select json_serialize_sql({citer(sql)})"
    try:
        ligne = _analyseur().cursor().execute(requete).fetchone()
        lu: dict[str, Any] = json.loads(ligne[0] if ligne else '{"error_message": ""}')
    except RecursionError:
        raise ErreurSql(_IMBRIQUEE) from None
    except duckdb.Error as erreur:
        raise ErreurSql(_sans_genre(str(erreur))) from None
    return lu


def _est_nu(noeud: dict[str, Any]) -> bool:
    return noeud["from_table"]["type"] == "EMPTY" and not (
        noeud["modifiers"]
        or noeud["group_expressions"]
        or any(noeud[clause] for clause in _CLAUSES_ABSENTES)
    )


def noeuds(arbre: object) -> Iterator[dict[str, Any]]:
    """Yield every node of a tree, the outer ones first."""
    reste = [arbre]
    while reste:
        ici = reste.pop()
        if isinstance(ici, dict):
            yield ici
            reste += reversed(ici.values())
        elif isinstance(ici, list):
            reste += reversed(ici)


def _noeuds_des_macros(arbre: object) -> Iterator[dict[str, Any]]:
    """Yield every node of a tree, a call of a macro being what it stands for.

    The arguments are read where the macro names its parameters, in the tree of who calls it.
    """
    reste: list[tuple[object, _Arguments]] = [(arbre, {})]
    while reste:
        ici, arguments = reste.pop()
        if isinstance(ici, list):
            reste += [(un, arguments) for un in reversed(ici)]
        elif not isinstance(ici, dict):
            continue
        elif (nom := _nom_simple(ici)) in arguments:
            reste.append(arguments[nom])
        elif ici.get("class") == "FUNCTION" and ici["function_name"] == "query_table":
            yield {"type": "BASE_TABLE", "table_name": _nom_donne(ici["children"][0], arguments)}
        elif ici.get("class") == "FUNCTION" and ici["function_name"] in macros():
            reste.append(_deplier(ici, arguments))
        else:
            yield ici
            arbres = (un for un in reversed(ici.values()) if isinstance(un, dict | list))
            reste += [(un, arguments) for un in arbres]


def _deplier(appel: dict[str, Any], arguments: _Arguments) -> tuple[object, _Arguments]:
    """Return the tree of a macro, and what its parameters stand for."""
    macro = macros()[appel["function_name"]]
    donnes = [un for un in appel["children"] if un["alias"] not in macro.parametres]
    nommes = [un for un in appel["children"] if un["alias"] in macro.parametres]
    siens = dict(zip(macro.parametres, donnes, strict=False)) | {un["alias"]: un for un in nommes}
    return _arbre_macro(macro.nom), {nom: (un, arguments) for nom, un in siens.items()}


@functools.cache
def _arbre_macro(nom: str) -> dict[str, Any]:
    macro = macros()[nom]
    return seul_select(macro.corps if macro.rend_des_lignes else f"select ({macro.corps}\n)")


def _nom_simple(noeud: dict[str, Any]) -> str:
    """Return the name of a column that nothing qualifies, empty for any other node."""
    noms = noeud["column_names"] if noeud.get("class") == "COLUMN_REF" else []
    return str(noms[0]) if len(noms) == 1 else ""


def _nom_donne(noeud: dict[str, Any], arguments: _Arguments) -> str:
    """Return the name of a relation that a macro is given, as a text or as it is."""
    while (nom := _nom_simple(noeud)) in arguments:
        noeud, arguments = arguments[nom]
    return nom or str(noeud["value"]["value"])


def _ctes(noeud: dict[str, Any]) -> list[dict[str, Any]]:
    ctes: list[dict[str, Any]] = noeud.get("cte_map", {}).get("map", [])
    return ctes

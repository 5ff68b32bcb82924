"""What a piece of SQL names, as DuckDB's own parser reads it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import duckdb

from infocentre.entrepot.macros import macros
from infocentre.entrepot.relations import citer

# Characters of what a person may ask, and of what is read as a tree, which is a hundred times its
# text; of what is worth keeping: the longest of our own tables has 7 500.
SQL_MAX, _RETENU_MAX, _RETENUS = 20_000, 8_000, 256
_TROP_LONG = "la requête est trop longue pour être lue : {} caractères au plus"
_IMBRIQUEE = "la requête est trop imbriquée : la couper en étapes (with … as)"
_CLAUSES_ABSENTES = ("where_clause", "having", "sample", "qualify")


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
    lu = _Noms()
    lu.lire(seul_select(sql))
    return frozenset(lu.lues - lu.propres), frozenset(lu.colonnes)


@_retenir
def parametres_nommes(sql: str) -> frozenset[str]:
    """Return the `$names` that one SELECT leaves for people to choose; raises ErreurSql.

    The parser gives them without its tree.
    """
    _exiger_lisible(sql)
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


def _exiger_lisible(sql: str) -> None:
    """Raise ErreurSql for a text too long, or one that DuckDB would not see whole."""
    if len(sql) > SQL_MAX:
        raise ErreurSql(_TROP_LONG.format(SQL_MAX))
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
    _exiger_lisible(sql)
    lu = _serialiser(sql)
    if lu.get("error", True):
        raise ErreurSql(lu["error_message"])
    if len(lu["statements"]) != 1:
        message = "une seule requête est attendue"
        raise ErreurSql(message)
    noeud: dict[str, Any] = lu["statements"][0]["node"]
    return noeud


def ecrire_select(noeud: dict[str, Any]) -> str:
    """Return as a text the SELECT of a tree, as `seul_select` gives it."""
    arbre = {"error": False, "statements": [{"node": noeud, "named_param_map": []}]}
    requete = f"select json_deserialize_sql({citer(json.dumps(arbre))})"
    ((ecrit,),) = _analyseur().cursor().execute(requete).fetchall()
    return str(ecrit)


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


@dataclass(slots=True)
class _Noms:
    """What a piece of SQL names, a call of a macro being what it stands for.

    Of the parameters of a macro: those that it reads as values, those that it reads as relations;
    what they are given is read where it is called.
    """

    parametres: Collection[str] = ()
    lues: set[str] = field(default_factory=set)
    propres: set[str] = field(default_factory=set)
    colonnes: set[tuple[str, ...]] = field(default_factory=set)
    valeurs: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)

    def lire(self, arbre: object) -> None:
        """Add what a tree names."""
        reste = [arbre]
        while reste:
            ici = reste.pop()
            if isinstance(ici, list):
                reste += ici
            elif isinstance(ici, dict):
                reste += self._lire_noeud(ici)

    def _lire_noeud(self, noeud: dict[str, Any]) -> Iterable[object]:
        """Add what one node names; return what is left to read of it."""
        if noeud.get("class") == "COLUMN_REF":
            self._nommer_colonne(noeud)
        elif noeud.get("class") == "FUNCTION" and noeud["function_name"] == "query_table":
            self._nommer_relation(noeud["children"][0])
            return ()
        elif noeud.get("class") == "FUNCTION" and noeud["function_name"] in macros():
            return self._lire_appel(noeud)
        elif noeud.get("type") == "BASE_TABLE":
            self.lues.add(noeud["table_name"].lower())
        self.propres.update(entree["key"].lower() for entree in _ctes(noeud))
        return noeud.values()

    def _nommer_colonne(self, noeud: dict[str, Any]) -> None:
        if (nom := _nom_simple(noeud)) in self.parametres:
            self.valeurs.add(nom)
        else:
            self.colonnes.add(tuple(nom.lower() for nom in noeud["column_names"]))

    def _nommer_relation(self, noeud: dict[str, Any]) -> None:
        """Add a relation that is given, as a text or as it is."""
        if (nom := _nom_simple(noeud)) in self.parametres:
            self.relations.add(nom)
        else:
            self.lues.add((nom or str(noeud["value"]["value"])).lower())

    def _lire_appel(self, appel: dict[str, Any]) -> list[object]:
        """Add what a macro names of its own; return what it is given that it reads."""
        macro = macros()[appel["function_name"]]
        siens = _noms_macro(macro.nom)
        self.lues |= siens.lues
        self.propres |= siens.propres
        self.colonnes |= siens.colonnes
        places = [un for un in appel["children"] if un["alias"] not in macro.parametres]
        nommes = {un["alias"]: un for un in appel["children"] if un["alias"] in macro.parametres}
        donnes = dict(zip(macro.parametres, places, strict=False)) | nommes
        for nom in siens.relations & donnes.keys():
            self._nommer_relation(donnes[nom])
        return [donnes[nom] for nom in siens.valeurs & donnes.keys()]


@functools.cache
def _noms_macro(nom: str) -> _Noms:
    macro = macros()[nom]
    lus = _Noms(macro.parametres)
    lus.lire(seul_select(macro.corps if macro.rend_des_lignes else f"select ({macro.corps}\n)"))
    return lus


def _nom_simple(noeud: dict[str, Any]) -> str:
    """Return the name of a column that nothing qualifies, empty for any other node."""
    noms = noeud["column_names"] if noeud.get("class") == "COLUMN_REF" else []
    return str(noms[0]) if len(noms) == 1 else ""


def _ctes(noeud: dict[str, Any]) -> list[dict[str, Any]]:
    ctes: list[dict[str, Any]] = noeud.get("cte_map", {}).get("map", [])
    return ctes

"""What the columns of a SELECT rest on, in the deliveries, as DuckDB's planner reads them.

A filter counts whatever is asked; a column that nobody asks is not read, nor what it is made from.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from typing import Any

from infocentre.catalogue.analyse import ecrire_select, noeuds, seul_select
from infocentre.catalogue.schema import planifier
from infocentre.contrat import contrat
from infocentre.entrepot.relations import citer_nom


@functools.lru_cache(512)
def colonnes_lues(sql: str, sorties: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return the (table, COLUMN) of the contract that some columns of a SELECT rest on.

    The SELECT is one that `types_colonnes` accepts; raises duckdb.Error for a column it has not.
    """
    demandees = ", ".join(map(citer_nom, sorted(sorties)))
    plan = planifier(f"select {demandees} from (\n{_sans_les_autres(sql, sorties)}\n) as lue")
    return frozenset(
        (table, nom.upper())
        for table, nom in _lectures(plan)
        if table in contrat().tables and nom.upper() in contrat().tables[table].par_nom
    )


def _sans_les_autres(sql: str, sorties: Collection[str]) -> str:
    """Return a SELECT without the columns that nobody asks: the planner would keep a subquery."""
    noeud = seul_select(sql)
    if noeud["type"] != "SELECT_NODE":
        return sql
    dites = noeud["select_list"]
    gardes, suite = set[str](), {nom.lower() for nom in sorties}
    while suite:
        gardes |= suite
        suite = {nom for une in dites if _nom(une) in suite for nom in _nommees(une)} - gardes
    noeud["select_list"] = [une for une in dites if _nom(une) in gardes | {"*"}]
    return ecrire_select(noeud)


def _nom(dite: dict[str, Any]) -> str:
    """Return the name of a column of a SELECT; « * » for one that stands for several."""
    if dite["class"] == "STAR":
        return "*"
    return str(dite["alias"] or (dite.get("column_names") or ["*"])[-1]).lower()


def _nommees(dite: dict[str, Any]) -> set[str]:
    """Return the names that a column is made from: one may be another column of the SELECT."""
    return {
        un["column_names"][-1].lower() for un in noeuds(dite) if un.get("class") == "COLUMN_REF"
    }


def _lectures(plan: object) -> Iterator[tuple[str, str]]:
    """Yield the (table, column) that a plan reads."""
    for un in noeuds(plan):
        lue = un.get("extra_info", {})
        if "Table" in lue:
            projetees = lue.get("Projections", [])
            table = lue["Table"].rpartition(".")[2]
            for nom in [projetees] if isinstance(projetees, str) else projetees:
                yield table, nom

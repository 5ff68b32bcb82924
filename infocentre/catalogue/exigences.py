"""What must have been delivered for an indicator to be calculable."""

from __future__ import annotations

from collections.abc import Collection

from infocentre.catalogue.analyse import colonnes_nommees, tables_nommees
from infocentre.catalogue.modele import Catalogue, Indicateur, Population
from infocentre.contrat import contrat

TABLE_ENTIERE = "*"


def requis(catalogue: Catalogue, code: str) -> frozenset[tuple[str, str]]:
    """Return the optional (table, COLUMN) and (table, "*") without which it is non_calculable.

    A column that a rule names is required in each table of the population that may hold it;
    compulsory columns and tables are always there and never listed.
    """
    return facultatives(nommes(catalogue, code))


def nommes(catalogue: Catalogue, code: str) -> frozenset[tuple[str, str]]:
    """Return every (table, COLUMN) and (table, "*") that its rule or its population names."""
    indicateur = catalogue.indicateurs[code]
    population = catalogue.populations[indicateur.population]
    tables = tables_nommees(population.sql)
    return frozenset(
        paire for nom in _noms(indicateur, population) for paire in deplier(nom, tables)
    )


def deplier(exigence: str, tables: frozenset[str]) -> set[tuple[str, str]]:
    """Return the (table, COLUMN | "*") that a table, table.column or column stands for."""
    table, _, colonne = exigence.rpartition(".")
    if table:
        return _colonne(table, colonne)
    if exigence in contrat().tables:
        return {(exigence, TABLE_ENTIERE)}
    return {paire for une in tables for paire in _colonne(une, exigence)}


def facultatives(paires: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Keep what a delivery may lack: an optional table, an optional column."""
    return frozenset(une for une in paires if not _toujours_la(une))


def _toujours_la(paire: tuple[str, str]) -> bool:
    table = contrat().tables[paire[0]]
    return table.obligatoire if paire[1] == TABLE_ENTIERE else table.par_nom[paire[1]].obligatoire


def existe(exigence: str, tables: frozenset[str]) -> bool:
    """Tell whether the contract knows what an exigence names, in the population's tables."""
    table, _, colonne = exigence.rpartition(".")
    if not table and exigence in contrat().tables:
        return True
    candidates = {table} if table else tables
    return any(
        colonne.upper() in contrat().tables[une].par_nom
        for une in candidates
        if une in contrat().tables
    )


def _noms(indicateur: Indicateur, population: Population) -> set[str]:
    regles = (indicateur.applicable, indicateur.anomalie)
    nommees = {nom for regle in regles if regle for nom in colonnes_nommees(regle)}
    return nommees | set(indicateur.requiert) | set(population.requiert)


def _colonne(table: str, champ: str) -> set[tuple[str, str]]:
    connue = contrat().tables.get(table)
    colonne = connue.par_nom.get(champ.upper()) if connue else None
    return {(table, colonne.nom)} if colonne else set()

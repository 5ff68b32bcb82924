"""What must have been delivered, and be usable, for an indicator to be calculable."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from infocentre.catalogue.analyse import colonnes_nommees, tables_nommees
from infocentre.catalogue.lignee import colonnes_lues
from infocentre.catalogue.modele import Catalogue, Indicateur, Population
from infocentre.contrat import contrat

TABLE_ENTIERE = "*"
COMPTEES = frozenset({"unite", "guichet", "jour"})  # of a population, what every rule counts by
Paire = tuple[str, str]


def requis(catalogue: Catalogue, code: str) -> frozenset[Paire]:
    """Return the optional (table, COLUMN) and (table, "*") without which it is non_calculable.

    A column that a rule names is required in each table of the population that may hold it;
    compulsory columns and tables are always there and never listed.
    """
    indicateur = catalogue.indicateurs[code]
    return facultatives(_declares(indicateur, catalogue.populations[indicateur.population]))


def nommes(catalogue: Catalogue, code: str) -> frozenset[Paire]:
    """Return every (table, COLUMN) that must be usable, and what `requis` is chosen from.

    What its rule names and what the catalogue requires, and in the population what makes those
    columns, the units and their guichets, and what says which units there are.
    """
    indicateur = catalogue.indicateurs[code]
    population = catalogue.populations[indicateur.population]
    try:
        lues = colonnes_lues(population.sql, COMPTEES | _de_la_regle(indicateur))
    except duckdb.Error:
        lues = frozenset()  # a rule on trial names what is not there: who checks it says so
    return _declares(indicateur, population) | lues


def unites(population: Population) -> frozenset[Paire]:
    """Return every (table, COLUMN) without which nobody knows which units a population has."""
    return colonnes_lues(population.sql, COMPTEES)


def _declares(indicateur: Indicateur, population: Population) -> frozenset[Paire]:
    noms = _de_la_regle(indicateur) | {*indicateur.requiert, *population.requiert}
    tables = tables_nommees(population.sql)
    return frozenset(paire for nom in noms for paire in deplier(nom, tables))


def deplier(exigence: str, tables: frozenset[str]) -> set[Paire]:
    """Return the (table, COLUMN | "*") that a table, table.column or column stands for."""
    table, _, colonne = exigence.rpartition(".")
    if table:
        return _colonne(table, colonne)
    if exigence in contrat().tables:
        return {(exigence, TABLE_ENTIERE)}
    return {paire for une in tables for paire in _colonne(une, exigence)}


def facultatives(paires: Collection[Paire]) -> frozenset[Paire]:
    """Keep what a delivery may lack: an optional table, an optional column."""
    return frozenset(une for une in paires if not _toujours_la(une))


def _toujours_la(paire: Paire) -> bool:
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


def _de_la_regle(indicateur: Indicateur) -> frozenset[str]:
    regles = (indicateur.applicable, indicateur.anomalie)
    return frozenset(nom for regle in regles if regle for nom in colonnes_nommees(regle))


def _colonne(table: str, champ: str) -> set[Paire]:
    connue = contrat().tables.get(table)
    colonne = connue.par_nom.get(champ.upper()) if connue else None
    return {(table, colonne.nom)} if colonne else set()

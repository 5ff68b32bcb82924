"""What must have been delivered for an indicator to be calculable."""

from __future__ import annotations

from infocentre.catalogue.analyse import colonnes_nommees, tables_nommees
from infocentre.catalogue.modele import Catalogue, Indicateur, Population
from infocentre.contrat import contrat

TABLE_ENTIERE = "*"
LUES_COMME_NULLES = frozenset({("journal", "CANAL")})


def requis(catalogue: Catalogue, code: str) -> frozenset[tuple[str, str]]:
    """Return the optional (table, COLUMN) and (table, "*") without which it is non_calculable.

    A column that a rule names is required in each table of the population that may hold it;
    compulsory columns and tables are always there and never listed.
    """
    indicateur = catalogue.indicateurs[code]
    population = catalogue.populations[indicateur.population]
    demandes = {
        exigence
        for nom in _noms(indicateur, population)
        for exigence in deplier(nom, tables_nommees(population.sql))
    }
    return frozenset(demandes - LUES_COMME_NULLES)


def deplier(exigence: str, tables: frozenset[str]) -> set[tuple[str, str]]:
    """Return the optional (table, COLUMN | "*") that a table, table.column or column stands for."""
    table, _, colonne = exigence.rpartition(".")
    if table:
        return _colonne(table, colonne)
    if exigence in contrat().tables:
        return set() if contrat().tables[exigence].obligatoire else {(exigence, TABLE_ENTIERE)}
    return {paire for une in tables for paire in _colonne(une, exigence)}


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
    if colonne is None or colonne.obligatoire:
        return set()
    return {(table, colonne.nom)}

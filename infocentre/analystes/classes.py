"""Quasi-identifiers in classes: what singles out a person whom somebody knows, less finely.

Who may open no demande has amounts, surfaces and ages in classes (their lower bound) and days by
month. Columns keep their names and types: the queries that are written run, and say « about ».
"""

from __future__ import annotations

from infocentre.contrat.intitules import du_contrat

PAR_LIGNE = ("demandes", "journal", "messages", "plis", "liens")  # tables of one row a fact
REPERES = frozenset({"arrete", "vue_le"})  # days of deliveries, not of a person


def en_classe(table: str, colonne: str, type_sql: str) -> str | None:
    """Return the SQL of a column in classes, None when it is left as it is."""
    if table not in PAR_LIGNE or colonne in REPERES:
        return None
    if type_sql == "DATE":
        return f"date_trunc('month', {colonne})::DATE"
    source = du_contrat(table, colonne)
    if source is None or source.classe is None:
        return None
    return f"(floor({colonne} / {source.classe}) * {source.classe})::{type_sql}"


def dire_classe(table: str, colonne: str, type_sql: str) -> str:
    """Say how a column is in classes, '' when it is not: « le mois », « par 250 »."""
    if en_classe(table, colonne, type_sql) is None:
        return ""
    source = du_contrat(table, colonne)
    return f"par {source.classe}" if source and source.classe else "au mois"

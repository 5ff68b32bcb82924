"""The tables of the analysts' file, in French: those of the dictionary and the standard ones."""

from __future__ import annotations

from infocentre.contrat import contrat
from infocentre.contrat.intitules import dictionnaire
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.francais import majuscule


def ordre_des_tables() -> list[str]:
    """Return the names of the tables that are not standard ones, those of demandes first."""
    return list(dictionnaire().tables)


def titre(table: str) -> tuple[str, str]:
    """Return the name of a table and what it holds."""
    decrite = dictionnaire().tables.get(table)
    if decrite is None:
        tableau = tableaux()[table.upper().replace("_", "-")]
        return tableau.titre, majuscule(tableau.objet)
    source = contrat().tables.get(decrite.contrat)
    return (
        decrite.libelle or (source.libelle if source else table),
        decrite.objet or (source.objet if source else ""),
    )

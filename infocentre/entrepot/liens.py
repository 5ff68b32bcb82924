"""The other demande of a duplicate: found at reception, kept beside the tables of an archive.

Grain: one row per numéro and indicator for which another demande was looked for; `autre_numero`
is null where none was found. No row at all: nobody looked (an archive older than this file), or
`purger` erased one of the two. Values never read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

LIENS = "liens"
FICHIER = f"{LIENS}.parquet"
AUTRE = {
    "autre_numero": "VARCHAR",
    "autre_guichet": "VARCHAR",
    "autre_gestionnaire": "VARCHAR",
    "autre_date_creation": "DATE",
    "autre_date_radiation": "DATE",
    "autre_date_bail": "DATE",
}
COLONNES = {
    "numero_unique": "VARCHAR",
    "code": "VARCHAR",
    **AUTRE,
    "departement": "VARCHAR",
    "arrete": "DATE",
    "mois": "VARCHAR",
}


class Lien(StrEnum):
    """The indicator that a link is of, equal to its code."""

    ACTIF = "DBL_ACTIF"
    RELOGE = "DBL_RELOGE"
    FORCE = "DBL_FORCE"


CODES = tuple(Lien)


def sql_liens(archives: Sequence[Path]) -> str:
    """Return the SELECT of the links of some archives; those that have no such file give none."""
    fichiers = ", ".join(
        "'" + str(archive / FICHIER).replace("'", "''") + "'"
        for archive in archives
        if (archive / FICHIER).exists()
    )
    if fichiers:
        return f"SELECT {', '.join(COLONNES)} FROM read_parquet([{fichiers}])"
    champs = ", ".join(f"NULL::{type_sql} AS {nom}" for nom, type_sql in COLONNES.items())
    return f"SELECT {champs} LIMIT 0"

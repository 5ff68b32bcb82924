"""Lists of demandes: SELECTs over the archives of some deliveries, made visible at once.

Only the relations that a SELECT names are created; the reference lists are read once per version.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from typing import Any

import duckdb

from infocentre.consultation.lecteur import Ligne, VersionOuverte, en_lignes
from infocentre.entrepot import Livraison
from infocentre.entrepot.dossier import Lecture
from infocentre.entrepot.relations import sql_references, sql_vues

_VERROU = threading.Lock()


@contextlib.contextmanager
def ouvrir_lecture(v: VersionOuverte) -> Iterator[Lecture]:
    """Give the operations what they read with: the version on a cursor of its own."""
    with v.con.cursor() as curseur:
        yield Lecture(v.dossier, v.version, curseur)


def lignes_archives(
    v: VersionOuverte, livraisons: list[Livraison], sql: str, parametres: dict[str, Any]
) -> list[Ligne]:
    """Return the rows of a SELECT that reads stock, radiation, … of these deliveries."""
    with v.con.cursor() as curseur:
        _montrer(v, curseur, livraisons, sql)
        return en_lignes(curseur.execute(sql, parametres))


def _montrer(
    v: VersionOuverte, curseur: duckdb.DuckDBPyConnection, livraisons: list[Livraison], sql: str
) -> None:
    mots = set(re.findall(r"[a-z_]+", sql))
    for nom, instruction in sql_vues([v.dossier.archive(une) for une in livraisons]).items():
        if nom in mots:
            curseur.execute(instruction)
    for nom, instruction in sql_references().items():
        if nom in mots:
            _garder(curseur, nom, instruction)
            curseur.execute(f"CREATE OR REPLACE TEMP VIEW {nom} AS FROM referentiels.{nom}")


def _garder(curseur: duckdb.DuckDBPyConnection, nom: str, instruction: str) -> None:
    """Read a reference list into a database in memory that every cursor of the version sees."""
    with _VERROU:
        curseur.execute("ATTACH IF NOT EXISTS ':memory:' AS referentiels (READ_WRITE)")
        curseur.execute(
            instruction.replace(
                f"CREATE OR REPLACE TEMP TABLE {nom}",
                f"CREATE TABLE IF NOT EXISTS referentiels.{nom}",
            )
        )

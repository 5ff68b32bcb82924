"""A version in the making."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from infocentre.entrepot.dossier import ENTREPOT
from infocentre.entrepot.version import Version
from infocentre.noyau.fichiers import en_place

# Rows of a group of a Parquet file, the least that DuckDB shares between threads.
GROUPE = 122_880
# Bytes of a block of a file: most tables of a version are small, and with DuckDB's own number
# (262 144) the same rows take two to three times the room; with less, long texts take twice theirs.
BLOC = "65536"
# The oldest DuckDB that can open a file. By default it is 1.0, for which the statistics of each
# column are kept in a form of then: to turn them back is more than half of the time of opening.
LISIBLE_DEPUIS = "v1.4.0"
# Whether texts would weigh less so is half of the time of writing a file; they weigh a tenth less.
SANS_FSST = "SET disabled_compression_methods = 'fsst'"


def ouvrir_pour_ecrire(fichier: Path) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file that a version will publish; it is made when it is not there."""
    con = duckdb.connect(
        str(fichier),
        config={"default_block_size": BLOC, "storage_compatibility_version": LISIBLE_DEPUIS},
    )
    con.execute(f"SET enable_progress_bar = false; {SANS_FSST}")
    return con


def ouvrir_en_memoire(debordement: Path) -> duckdb.DuckDBPyConnection:
    """Open DuckDB for what is computed of files; what memory cannot hold goes to that directory."""
    con = duckdb.connect(config={"temp_directory": str(debordement)})
    con.execute("SET enable_progress_bar = false")
    return con


def menager(con: duckdb.DuckDBPyConnection, lignes: int) -> None:
    """Leave what reads fewer rows than a group to one thread.

    To wake the others takes a third more processor, and gives nothing.
    """
    if est_peu(lignes):
        con.execute("SET threads = 1")


def est_peu(lignes: int) -> bool:
    """Tell fewer rows than a group."""
    return lignes < GROUPE


@dataclass(slots=True)
class Brouillon:
    """A version in the making: its directory, what it will rest on, the files written for it.

    `copie` tells a warehouse that is the published one's, byte for byte, checked or not.
    """

    chemin: Path
    version: Version
    ecrits: set[Path] = field(default_factory=set)
    copie: bool = False

    @property
    def entrepot(self) -> Path:
        """The warehouse file of this version."""
        return self.chemin / ENTREPOT

    @contextlib.contextmanager
    def connexion(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse file for writing."""
        with ouvrir_pour_ecrire(self.entrepot) as con:
            yield con

    @contextlib.contextmanager
    def ecrire(self, cible: Path, dans: Path) -> Iterator[Path]:
        """Give where to write, in `dans`, a file that the version rests on and will seal."""
        with en_place(cible, dans=dans) as partiel:
            yield partiel
        self.ecrits.add(cible)

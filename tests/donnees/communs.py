"""What takes seconds to make: once for all the processes of a run, a copy for each."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.donnees.retors import dossier_jetable

# The directory where it is made: that of the run and of those that it starts, or one that outlives
# them. Each serves as long as what makes it stays the same: all of the sources but what only reads.
GARDES = "INFOCENTRE_TESTS_GARDES"
RACINE = Path(__file__).parents[2]
FABRIQUENT = ("infocentre", "queries", "expectations", "tests")
LISENT = (
    "infocentre/lecture",
    "infocentre/restitutions",
    "infocentre/graphiques",
    "infocentre/cli",
)


def une_fois(nom: str, faire: Callable[[Path], object]) -> Path:
    """Return this process's copy of the directory that `faire` fills, made by the first to ask."""
    gardes = _gardes()
    commun, pret = gardes / nom, gardes / f"{nom}.pret"
    with (gardes / f"{nom}.verrou").open("w") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        if not pret.exists():
            shutil.rmtree(commun, ignore_errors=True)
            faire(commun)
            pret.touch()
    return Path(shutil.copytree(commun, dossier_jetable(nom) / nom, symlinks=True))


@functools.cache
def en_memoire() -> duckdb.DuckDBPyConnection:
    """Return the DuckDB by which a process of tests reads files: nobody makes anything in it."""
    return duckdb.connect()


@functools.cache
def _gardes() -> Path:
    """Return the directory of what this very source makes."""
    empreinte = hashlib.sha256()
    for dossier in FABRIQUENT:
        for chemin in sorted((RACINE / dossier).rglob("*")):
            nom = chemin.relative_to(RACINE).as_posix()
            fabrique = not nom.startswith(LISENT) and not chemin.name.startswith("test_")
            if fabrique and chemin.suffix in {".py", ".sql", ".yml"}:
                empreinte.update(nom.encode())
                empreinte.update(chemin.read_bytes())
    gardes = Path(os.environ[GARDES]) / empreinte.hexdigest()[:16]
    gardes.mkdir(parents=True, exist_ok=True)
    return gardes

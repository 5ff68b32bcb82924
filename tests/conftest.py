"""What all tests share: the demonstration, made once for the processes of a run."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier
from tests.donnees.atelier import charger, controler
from tests.donnees.communs import VARIABLE, une_fois

TAILLE, MOIS = 800, 14


def pytest_configure(config: pytest.Config) -> None:
    """Make the directory that the processes of a run have in common."""
    if not hasattr(config, "workerinput"):
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="infocentre-communs-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it, once they have ended."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[VARIABLE], ignore_errors=True)


@pytest.fixture(scope="session")
def entrepot_demo() -> Dossier:
    """Return a data directory that no test may change: copy it to load something else."""
    return Dossier(une_fois("demonstration", _demonstration) / "donnees")


def _demonstration(atelier: Path) -> None:
    racine = atelier / "donnees"
    charger(racine, *fabriquer(atelier / "livraisons", taille=TAILLE, mois=MOIS))
    controler(racine)

"""What all tests share: the demonstration, made once for the processes of a run."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from infocentre.entrepot import Dossier
from tests.donnees.atelier import publier_demonstration
from tests.donnees.communs import VARIABLE, une_fois

TAILLE, MOIS = 800, 14


# Speed is measured by the benchmarks: an example that waits for a busy machine is not wrong.
settings.register_profile("infocentre", deadline=None)
settings.load_profile("infocentre")


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
    publier_demonstration(atelier / "donnees", taille=TAILLE, mois=MOIS)

"""A data directory whose analysts' file is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.analystes.fichier import tenir_analystes
from infocentre.entrepot import Dossier
from tests.donnees.atelier import base, copie


@pytest.fixture(scope="session")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """Three controlled months; queries add to their journal, and change nothing else."""
    pret = Dossier(copie(base(1, 2, 3), tmp_path_factory.mktemp("requetes") / "donnees"))
    with tenir_analystes(pret):
        return pret


@pytest.fixture(scope="session")
def fichier(dossier: Dossier) -> Path:
    """The analysts' file itself, for what a query must give."""
    return dossier.courante.resolve() / "analystes.duckdb"

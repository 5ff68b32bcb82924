"""The demonstration, open as the documents read it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infocentre.consultation.lecteur import VersionOuverte
from infocentre.entrepot import Dossier
from infocentre.restitutions import lecture
from infocentre.restitutions.lecture import Edition


@pytest.fixture(scope="session")
def version_demo(entrepot_demo: Dossier) -> Iterator[VersionOuverte]:
    """Open for the whole run: pandas, which an open version hides, is loaded before."""
    importlib.import_module("pandas")
    with lecture.ouvrir(entrepot_demo) as v:
        yield v


@pytest.fixture(scope="session")
def edition_demo(version_demo: VersionOuverte) -> Edition:
    """The newest month of the demonstration."""
    return lecture.du_mois(version_demo)


@pytest.fixture(scope="session")
def editer(version_demo: VersionOuverte) -> Callable[[str], Edition]:
    """Return what gives the edition of a month."""
    return lambda mois: lecture.du_mois(version_demo, mois=mois)


@pytest.fixture
def donnees(entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of one's own that reads the demonstration."""
    racine = tmp_path / "donnees"
    racine.mkdir()
    for chose in entrepot_demo.racine.iterdir():
        (racine / chose.name).symlink_to(chose)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    return racine

"""The demonstration, open as the documents read it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.restitutions import lecture
from infocentre.restitutions.lecture import Edition
from tests.donnees.atelier import charger, controler, lire_ailleurs
from tests.donnees.communs import une_fois
from tests.livraisons.atelier import presque_vide


@pytest.fixture(scope="session")
def version_demo(entrepot_demo: Dossier) -> Iterator[Lecture]:
    """Open for the whole run: pandas, which an open version hides, is loaded before."""
    importlib.import_module("pandas")
    with lecture.ouvrir(entrepot_demo, TOUT) as v:
        yield v


@pytest.fixture(scope="session")
def edition_demo(version_demo: Lecture) -> Edition:
    """The newest month of the demonstration."""
    return lecture.du_mois(version_demo)


@pytest.fixture(scope="session")
def editer(version_demo: Lecture) -> Callable[[str], Edition]:
    """Return what gives the edition of a month."""
    return lambda mois: lecture.du_mois(version_demo, mois=mois)


@pytest.fixture(scope="session")
def edition_presque_vide() -> Iterator[Edition]:
    """A whole delivery, every table and column of it, that holds almost nothing."""
    importlib.import_module("pandas")
    racine = une_fois("presque-vide", _presque_vide) / "donnees"
    with lecture.ouvrir(Dossier(racine), TOUT) as v:
        yield lecture.du_semestre(v, "2026-S2")


def _presque_vide(atelier: Path) -> None:
    charger(atelier / "donnees", presque_vide().ecrire(atelier / "livraison"))
    controler(atelier / "donnees")


@pytest.fixture
def donnees(entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of one's own that reads the demonstration."""
    racine = lire_ailleurs(entrepot_demo.racine, tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    return racine

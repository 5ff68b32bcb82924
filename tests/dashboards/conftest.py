"""A small demonstration, loaded and controlled once, and the application over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient

from dashboards.app import creer_app
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier
from tests.dashboards.vues import Ecran, ouvrir
from tests.donnees.atelier import charger, controler

TAILLE, MOIS = 800, 14


@pytest.fixture(scope="session")
def entrepot_demo(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """Return a data directory that no test may change: copy it to load something else."""
    atelier = tmp_path_factory.mktemp("dashboards")
    racine = atelier / "donnees"
    charger(racine, *fabriquer(atelier / "livraisons", taille=TAILLE, mois=MOIS))
    controler(racine)
    return Dossier(racine)


@pytest.fixture(scope="session")
def app(entrepot_demo: Dossier) -> dash.Dash:
    return creer_app(entrepot_demo)


@pytest.fixture
def client(app: dash.Dash) -> FlaskClient:
    ouvert: FlaskClient = app.server.test_client()
    return ouvert


@pytest.fixture
def afficher(app: dash.Dash) -> Callable[[str], Ecran]:
    """Return what shows an address: `afficher("/suivi?type=BAILLEUR").texte`."""
    return lambda adresse: ouvrir(app, adresse)


@pytest.fixture
def app_vide(tmp_path: Path) -> Any:
    """Return the application over a data directory where nothing is loaded."""
    return creer_app(Dossier(tmp_path))

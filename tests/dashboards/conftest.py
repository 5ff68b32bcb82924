"""The application over the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient

from dashboards.app import creer_app
from infocentre.entrepot import Dossier
from tests.dashboards.vues import Ecran, ouvrir


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

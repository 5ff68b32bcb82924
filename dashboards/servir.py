"""The application as gunicorn serves it, and how it is started."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from infocentre.config import dossier_donnees
from infocentre.entrepot import Dossier

if TYPE_CHECKING:
    import flask

ADRESSE = "127.0.0.1"
PROCESSUS, FILS = 2, 4


def serveur() -> flask.Flask:
    """Return the WSGI application over INFOCENTRE_DOSSIER."""
    from dashboards.app import creer_app

    application: flask.Flask = creer_app(
        Dossier(dossier_donnees()), marque=os.environ.get("INFOCENTRE_MARQUE")
    ).server
    return application


def demarrer(port: int) -> None:
    """Replace this process by gunicorn, on the loopback address only."""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    arguments = [
        str(gunicorn),
        "dashboards.servir:serveur()",
        f"--bind={ADRESSE}:{port}",
        f"--workers={PROCESSUS}",
        f"--threads={FILS}",
        "--worker-class=gthread",
        "--no-control-socket",
        "--log-level=warning",
    ]
    os.execv(arguments[0], arguments)  # noqa: S606 - gunicorn takes this process over

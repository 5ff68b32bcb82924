"""The application as gunicorn serves it, and how it is started and stopped.

gunicorn also reads its hooks here.
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from infocentre.entrepot import Dossier
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    import flask

ADRESSE = "127.0.0.1"
PROCESSUS, FILS = 2, 4
PREMIERES = ("/", "/suivi")


def serveur() -> flask.Flask:
    """Return the WSGI application over INFOCENTRE_DOSSIER; it has opened nothing yet."""
    from dashboards.app import creer_app

    application: flask.Flask = creer_app(
        Dossier(dossier_donnees()), marque=os.environ.get("INFOCENTRE_MARQUE")
    ).server
    return application


class Processus(Protocol):
    """What the hooks use of a process of gunicorn."""

    booted: bool
    wsgi: flask.Flask


def post_worker_init(processus: Processus) -> None:
    """Open the version and read what pages share, so that the first reader does not wait.

    What is kept from then on is not searched for garbage again: that would stop long pages.
    """
    from dashboards.app import chauffer

    chauffer(processus.wsgi, PREMIERES)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def worker_exit(_: object, processus: Processus) -> None:
    """Leave at once: DuckDB's threads do not outlive the orderly end of an interpreter."""
    if processus.booted:
        for flux in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                flux.flush()
        os._exit(0)


def demarrer(port: int) -> None:
    """Replace this process by gunicorn, on the loopback address only; raise Refus when taken."""
    _exiger_libre(port)
    gunicorn = Path(sys.executable).with_name("gunicorn")
    arguments = [
        str(gunicorn),
        "dashboards.servir:serveur()",
        f"--bind={ADRESSE}:{port}",
        f"--workers={PROCESSUS}",
        f"--threads={FILS}",
        "--worker-class=gthread",
        "--config=python:dashboards.servir",
        "--preload",
        "--no-control-socket",
        "--log-level=warning",
    ]
    os.execv(arguments[0], arguments)  # noqa: S606 - gunicorn takes this process over


def _exiger_libre(port: int) -> None:
    try:
        socket.create_server((ADRESSE, port)).close()
    except OSError as erreur:
        raise Refus(
            f"le port {port} n'est pas libre : un autre programme l'utilise",
            que_faire=f"Arrêter ce programme, ou choisir un autre port : --port {port + 1}",
        ) from erreur

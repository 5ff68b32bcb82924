"""Servers that start fast: each is a fork of one process, which has loaded the application.

From there on it is `infocentre servir`: its checks, gunicorn by its arguments, its two processes.
tests/dashboards/test_servir.py starts one from nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from unittest.mock import patch

# No application is made there: Dash gives the callbacks of a process to the first that is.
CHARGES = ["gunicorn.app.wsgiapp", "dashboards.app", "scipy.special", "tests.navigateur.precharge"]


def demarrer(port: int, milieu: Mapping[str, str]) -> ForkServerProcess:
    """Start a server on a port of this machine, in such an environment; it says nothing."""
    contexte = multiprocessing.get_context("forkserver")
    contexte.set_forkserver_preload(CHARGES)
    serveur = contexte.Process(target=_servir, args=(port, dict(milieu)))
    serveur.start()
    return serveur


def _servir(port: int, milieu: dict[str, str]) -> None:
    from dashboards.servir import Ecoute
    from dashboards.servir import demarrer as demarrer_ici

    os.environ.clear()
    os.environ.update(milieu)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with patch.object(os, "execv", _devenir):
        demarrer_ici(Ecoute(port=port))


def _devenir(programme: str, arguments: list[str]) -> None:
    """Run a program of Python here, where its modules are loaded, instead of in its own process."""
    sys.argv = arguments
    runpy.run_path(programme, run_name="__main__")

"""Work done in a process of its own, with hard limits: what it is given may be hostile.

A module that does such work calls `repondre` when it is run; `demander` runs it. Whatever happens
there, who asks neither waits more than the seconds nor gives more than the memory.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, TypeVar

from infocentre.noyau.erreurs import Refus

GIGA, REVEIL = 1 << 30, 0.1
# What of the environment such a process is given: neither keys nor passwords are among it.
_MILIEU = (
    "LANG LC_ALL PATH PYTHONPATH PYTHONPYCACHEPREFIX TMPDIR TZ INFOCENTRE_SANS_CLOISON"
).split()
D = TypeVar("D")
R = TypeVar("R")


class _Limites(TypedDict):
    secondes: float
    memoire: int


class _Recu(TypedDict):
    limites: _Limites
    demande: Any


class _Echec(TypedDict, total=False):
    """Why there is no answer: a Refus, or what the machine refused."""

    refus: tuple[str, str, str]
    systeme: tuple[int, str]


def demander(
    module: str,
    demande: Mapping[str, Any],
    genre: type[R],  # noqa: ARG001 - says what it answers
    *,
    secondes: float,
    memoire: int,
    trop: Refus,
    voulue: Callable[[], bool] = lambda: True,
) -> R:
    """Run `module` on one demand and return its answer; `memoire` is in bytes of addresses.

    `voulue` is asked every tenth of a second: the process is killed once it says no.

    Raises:
        Refus: the one that it answers, or `trop` when it passed a limit, died or is not wanted.
        OSError: what the machine refused it: no space, no right.
    """
    recu: _Recu = {"limites": {"secondes": secondes, "memoire": memoire}, "demande": demande}
    commande = [sys.executable, "-m", module]
    with subprocess.Popen(  # noqa: S603 - a module of ours
        commande,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=milieu(),
    ) as processus:
        try:
            sortie = _attendre(processus, json.dumps(recu), secondes, voulue)
        finally:
            processus.kill()
    if sortie is None or processus.returncode:
        raise trop
    echec: _Echec = json.loads(sortie)
    if "refus" in echec:
        raise Refus(*echec["refus"])
    if "systeme" in echec:
        raise OSError(*echec["systeme"])
    reponse: R = json.loads(sortie)
    return reponse


def milieu() -> dict[str, str]:
    """Return the environment of such a process; with one thread, it can shut itself in.

    It keeps nothing of what it compiles or finds: behind its walls it may not write.
    """
    gardees = {nom: os.environ[nom] for nom in _MILIEU if nom in os.environ}
    seul = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return gardees | seul


def _attendre(
    processus: subprocess.Popen[str], recu: str, secondes: float, voulue: Callable[[], bool]
) -> str | None:
    """Return what a process writes, None when it has to be killed before its end."""
    fin = time.monotonic() + secondes
    donne: str | None = recu
    while voulue() and (reste := fin - time.monotonic()) > 0:
        try:
            return processus.communicate(donne, timeout=min(REVEIL, reste))[0]
        except subprocess.TimeoutExpired:
            donne = None  # it was sent
    return None


def repondre(faire: Callable[[D], Mapping[str, Any]]) -> None:
    """Answer the demand of the standard input on the standard output, within its limits."""
    recu: _Recu = json.load(sys.stdin)
    _limiter(**recu["limites"])
    try:
        reponse = faire(recu["demande"])
    except Refus as refus:
        reponse = {"refus": [refus.quoi, refus.ou, refus.que_faire]}
    except OSError as erreur:
        reponse = {"systeme": [erreur.errno, erreur.strerror]}
    sys.stdout.write(json.dumps(reponse))


def _limiter(secondes: float, memoire: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memoire, memoire))
    resource.setrlimit(resource.RLIMIT_CPU, (int(2 * secondes) + 1, int(2 * secondes) + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

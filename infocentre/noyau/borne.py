"""Work done in a process of its own, with hard limits: what it is given may be hostile.

A module that does such work calls `repondre` when it is run; `demander` runs it. Whatever happens
there, who asks neither waits more than the seconds nor gives more than the memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, TypeVar

from infocentre.noyau.erreurs import Refus

GIGA = 1 << 30
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
) -> R:
    """Run `module` on one demand and return its answer; `memoire` is in bytes of addresses.

    Raises:
        Refus: the one that it answers, or `trop` when it passed a limit or died.
        OSError: what the machine refused it: no space, no right.
    """
    recu: _Recu = {"limites": {"secondes": secondes, "memoire": memoire}, "demande": demande}
    try:
        fait = subprocess.run(  # noqa: S603 - a module of ours
            [sys.executable, "-m", module],
            input=json.dumps(recu),
            capture_output=True,
            text=True,
            timeout=secondes,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise trop from None
    if fait.returncode:
        raise trop
    echec: _Echec = json.loads(fait.stdout)
    if "refus" in echec:
        raise Refus(*echec["refus"])
    if "systeme" in echec:
        raise OSError(*echec["systeme"])
    reponse: R = json.loads(fait.stdout)
    return reponse


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

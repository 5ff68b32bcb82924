"""SIGKILL at random moments of `charger` + `controler`: nothing published is lost or wrong.

The delay counts from the moment when the modules are loaded, so that each one falls into work.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from infocentre.entrepot import Dossier
from infocentre.entrepot.journal import lire_journal
from tests.donnees.atelier import (
    Contenu,
    alleger,
    base_legere,
    charger,
    contenu,
    controler,
    copie,
    differences,
    interroger,
)
from tests.donnees.retors import dossier_jetable, livraisons
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

RACINE_DU_PROJET = Path(__file__).parents[2]
GRAINE = 2026
# Imports once, as commands do; works in a child of its own on each data directory that it is told.
TRAVAIL = """
import os, sys
import duckdb, numpy, polars, pytest
from infocentre.controles.differes import importer
with importer():
    from infocentre.controles import contexte
from infocentre.cli import main
from infocentre.operations import chargement, controle
from tests.donnees.atelier import alleger
alleger(pytest.MonkeyPatch())
for racine in sys.stdin:
    if enfant := os.fork():
        print(enfant, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(enfant, 0)[1]), flush=True)
        continue
    os.environ["INFOCENTRE_DOSSIER"] = racine.strip()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os._exit(main(["charger", sys.argv[1]]) or main(["controler"]))
"""
VALEURS = (
    "SELECT mois, niveau, code, guichet, numerateur, denominateur, numerateur_12m, "
    "denominateur_12m, etat FROM valeurs ORDER BY ALL"
)


@dataclass(frozen=True, slots=True)
class Atelier:
    """The process that starts the two commands on the second month, and what they come to."""

    entree: IO[str]
    sortie: IO[str]

    def lancer(self, racine: Path) -> int:
        """Start them; return the process that works, its modules loaded."""
        self.entree.write(f"{racine}\n")
        self.entree.flush()
        return int(self.sortie.readline())

    def attendre(self) -> int:
        """Return the exit code of the process that worked."""
        return int(self.sortie.readline())


@pytest.fixture(scope="module")
def atelier() -> Iterator[Atelier]:
    with subprocess.Popen(
        [sys.executable, "-c", TRAVAIL, str(livraisons()[1])],
        cwd=RACINE_DU_PROJET,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as processus:
        assert processus.stdin
        assert processus.stdout
        yield Atelier(processus.stdin, processus.stdout)


@pytest.fixture(autouse=True)
def _peu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control as the process that is killed does."""
    alleger(monkeypatch)


@pytest.fixture(scope="module")
def deux_mois(atelier: Atelier) -> tuple[Path, float]:
    """The state that the second month ends in when nobody kills, and the seconds that it takes."""
    racine = copie(base_legere(1), dossier_jetable("deux") / "donnees")
    atelier.lancer(racine)
    debut = time.monotonic()
    assert atelier.attendre() == 0
    return racine, time.monotonic() - debut


@pytest.fixture(scope="module")
def fin(deux_mois: tuple[Path, float]) -> Contenu:
    return contenu(deux_mois[0])


@pytest.mark.parametrize("rang", range(2 * PROFONDEUR))
def test_to_kill_at_any_time_loses_nothing(
    rang: int, atelier: Atelier, deux_mois: tuple[Path, float], fin: Contenu, tmp_path: Path
) -> None:
    part = random.Random(GRAINE + rang).random()  # noqa: S311 - a moment, not a secret
    racine = copie(base_legere(1), tmp_path / "donnees")
    enfant = atelier.lancer(racine)
    time.sleep(part * deux_mois[1])
    with contextlib.suppress(ProcessLookupError):  # it was faster than when nobody killed
        os.kill(enfant, signal.SIGKILL)
    assert atelier.attendre() in {0, -signal.SIGKILL}

    dossier = Dossier(racine)
    numero = dossier.version().numero
    assert numero in {2, 3, 4}
    attendue = deux_mois[0] if numero == 4 else base_legere(1)
    assert interroger(racine, VALEURS) == interroger(attendue, VALEURS)
    assert len(dossier.version().livraisons) == (1 if numero == 2 else 2)

    charger(racine, livraisons()[1])
    controler(racine)
    assert differences(fin, contenu(racine)) == {}
    assert [une["version"] for une in lire_journal(dossier.journal)] == [1, 2, 3, 4]
    assert not (racine / "temporaire").exists()
    assert sorted(f.name for f in (racine / "versions").iterdir()) == ["000003", "000004"]

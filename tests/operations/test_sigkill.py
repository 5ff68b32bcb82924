"""SIGKILL at random moments of `charger` + `controler`: nothing published is lost or wrong.

INFOCENTRE_KILLS says how many (6 by default). The delay counts from the moment when the modules
are loaded, so that each one falls into work.
"""

from __future__ import annotations

import functools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infocentre.entrepot import Dossier
from infocentre.entrepot.journal import lire_journal
from tests.donnees.atelier import (
    base,
    charger,
    contenu,
    controler,
    copie,
    differences,
    interroger,
)
from tests.donnees.retors import dossier_jetable, livraisons

RACINE_DU_PROJET = Path(__file__).parents[2]
KILLS = int(os.environ.get("INFOCENTRE_KILLS", "6"))
GRAINE = 2026
TRAVAIL = """
import sys
import great_expectations, duckdb, numpy
from infocentre.cli import main
from infocentre.operations import chargement, controle
print("prêt", flush=True)
sys.stdin.readline()
assert main(["charger", sys.argv[1]]) == 0
assert main(["controler"]) == 0
print("fini", flush=True)
"""
VALEURS = (
    "SELECT mois, niveau, code, guichet, numerateur, denominateur, numerateur_12m, "
    "denominateur_12m, etat FROM valeurs ORDER BY ALL"
)


def lancer(racine: Path) -> subprocess.Popen[str]:
    """Start the two commands on the second month; return when they are about to work."""
    processus = subprocess.Popen(
        [sys.executable, "-c", TRAVAIL, str(livraisons()[1])],
        env={**os.environ, "INFOCENTRE_DOSSIER": str(racine)},
        cwd=RACINE_DU_PROJET,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert processus.stdout is not None
    assert processus.stdin is not None
    assert processus.stdout.readline() == "prêt\n"
    processus.stdin.write("\n")
    processus.stdin.flush()
    return processus


@functools.cache
def duree() -> float:
    """Seconds that the two commands need when nobody kills them."""
    racine = copie(base(1), dossier_jetable("duree") / "donnees")
    processus = lancer(racine)
    debut = time.monotonic()
    processus.communicate()
    assert processus.returncode == 0
    return time.monotonic() - debut


@functools.cache
def deux_mois() -> Path:
    """The state that the second month must end in."""
    racine = copie(base(1), dossier_jetable("deux") / "donnees")
    charger(racine, livraisons()[1])
    controler(racine)
    return racine


@pytest.mark.parametrize("rang", range(KILLS))
def test_tuer_n_importe_quand_ne_perd_rien(rang: int, tmp_path: Path) -> None:
    part = random.Random(GRAINE + rang).random()  # noqa: S311 - a moment, not a secret
    racine = copie(base(1), tmp_path / "donnees")
    processus = lancer(racine)
    time.sleep(part * duree())
    processus.send_signal(signal.SIGKILL)
    processus.communicate()
    assert processus.returncode in {0, -signal.SIGKILL}

    dossier = Dossier(racine)
    numero = dossier.version().numero
    assert numero in {2, 3, 4}
    attendue = deux_mois() if numero == 4 else base(1)
    assert interroger(racine, VALEURS) == interroger(attendue, VALEURS)
    assert len(dossier.version().livraisons) == (1 if numero == 2 else 2)

    charger(racine, livraisons()[1])
    controler(racine)
    assert differences(contenu(deux_mois()), contenu(racine)) == {}
    assert [une["version"] for une in lire_journal(dossier.journal)] == [1, 2, 3, 4]
    assert not (racine / "temporaire").exists()
    assert sorted(f.name for f in (racine / "versions").iterdir()) == ["000003", "000004"]

"""Intégrité: what checking archives and versions adds to `charger` and `controler`.

Each command runs on a copy of the same data directory, its modules loaded before, with the checks
and without them, in turn. The limit is on processor time, which counts the hashing of every thread
and which a busy machine changes little; elapsed time is for information.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import Mesure, infocentre
from infocentre.demo import fabriquer

FOIS, TAILLE, MOIS = 5, 20_000, 4
LIMITE = 1.10

# What a command costs, with its checks or with none: [exit code, elapsed, processor time].
_ESSAI = """
import contextlib, io, json, shutil, sys, time
import duckdb, great_expectations
from infocentre.cli import main
from infocentre.entrepot import publication, sceaux
from infocentre.operations import chargement, controle, purge

if sys.argv[1] == "sans":
    rien = lambda fichiers: {}
    sceaux.comparer = lambda attendus, remede: []
    publication.empreintes = chargement.empreintes = rien
    publication.sha256 = lambda fichier: ""
    publication.Publication._copier_entrepot = lambda soi, cible, exiger: shutil.copyfile(
        soi.dossier.courante.resolve() / publication.ENTREPOT, cible)
with contextlib.redirect_stdout(io.StringIO()):
    debut, travail = time.perf_counter(), time.process_time()
    code = main(sys.argv[2:])
    fini, travail = time.perf_counter() - debut, time.process_time() - travail
print(json.dumps([code, fini, travail]))
"""


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Load a month after three others, then control it: ratio of the medians."""
    *avant, dernier = fabriquer(atelier / "livraisons", taille=TAILLE, mois=MOIS)
    donnees = atelier / "donnees"
    infocentre(donnees, "charger", *avant)
    infocentre(donnees, "controler")
    chargees = atelier / "chargees"
    shutil.copytree(donnees, chargees, symlinks=True)
    infocentre(chargees, "charger", dernier)
    for nom, base, commande in (
        ("charger", donnees, ["charger", str(dernier)]),
        ("controler", chargees, ["controler"]),
    ):
        avec, sans = _medianes(atelier, base, commande)
        for rang, quoi in enumerate(("elapsed", "processor time")):
            yield Mesure(f"{nom}, with its checks, {quoi}", avec[rang], "s")
            yield Mesure(f"{nom}, without, {quoi}", sans[rang], "s")
        yield Mesure(f"{nom}, with / without, elapsed", avec[0] / sans[0], "")
        yield Mesure(f"{nom}, with / without, processor time", avec[1] / sans[1], "", LIMITE)


def _medianes(
    atelier: Path, base: Path, commande: list[str]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Run both ways in turn, so that a busy machine slows down both."""
    avec, sans = [], []
    for _ in range(FOIS):
        avec.append(_essayer(atelier / "copie", base, "avec", commande))
        sans.append(_essayer(atelier / "copie", base, "sans", commande))
    return _mediane(avec), _mediane(sans)


def _mediane(durees: list[tuple[float, float]]) -> tuple[float, float]:
    ecoulees, travail = zip(*durees, strict=True)
    return statistics.median(ecoulees), statistics.median(travail)


def _essayer(copie: Path, base: Path, maniere: str, commande: list[str]) -> tuple[float, float]:
    shutil.copytree(base, copie, symlinks=True)
    fini = subprocess.run(
        [sys.executable, "-c", _ESSAI, maniere, *commande],
        env=os.environ | {"INFOCENTRE_DOSSIER": str(copie)},
        capture_output=True,
        text=True,
        check=True,
    )
    shutil.rmtree(copie)
    code, ecoule, travail = json.loads(fini.stdout.splitlines()[-1])
    if code:
        raise RuntimeError(fini.stderr[-2000:])
    return float(ecoule), float(travail)

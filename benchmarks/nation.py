"""The nation: the deliveries of the 101 départements in one warehouse, then the next month.

Its archives are then read by another engine, as they are.
"""

from __future__ import annotations

import math
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks import autre_moteur
from benchmarks.outils import MEGA, Execution, Mesure, infocentre
from infocentre.demo import livraisons_nation

NATION, DEPARTEMENTS = 2_800_000, 101
LIMITE_MEMOIRE, LIMITE_EXPOSANT = 6000, 1.1
PETITE_PART = 28  # the smaller warehouse holds one row in 28: 0.1 M of 2.8 M active demandes


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Load and control two months, whole and for a 28th of the active demandes.

    BENCH_DEPARTEMENTS=10 tries it on the first départements only. Making the deliveries is not
    counted; BENCH_LIVRAISONS names a directory that keeps them from one run to the next.
    """
    nombre = int(os.environ.get("BENCH_DEPARTEMENTS", DEPARTEMENTS))
    gardees = os.environ.get("BENCH_LIVRAISONS")
    mois = par_mois(Path(gardees) if gardees else atelier / "livraisons", nombre)
    tailles = [_octets(livraison) for livraison in mois[-1]]
    petits = _petite_part(tailles)
    temps, processeur = {}, {}
    for nom, rangs in (("28th", petits), ("nation", range(len(tailles)))):
        executions: list[Execution] = []
        for numero, livraisons in enumerate(mois, start=1):
            charge = [livraisons[rang] for rang in rangs]
            yield from _publier(f"{nom}, month {numero}", atelier / nom, charge, executions)
        temps[nom] = sum(une.secondes for une in executions)
        processeur[nom] = sum(une.processeur for une in executions)
    part = sum(tailles[rang] for rang in petits) / sum(tailles)
    yield Mesure("nation, both months", temps["nation"], "s")
    yield Mesure("nation, both months, processor time", processeur["nation"], "s")
    nom = f"growth exponent, from {part:.3f} to 1"
    yield Mesure(nom, _exposant(temps, part), "", LIMITE_EXPOSANT)
    yield Mesure(f"{nom}, processor time", _exposant(processeur, part), "")
    yield from autre_moteur.comparer(atelier / "nation")


def _exposant(durees: dict[str, float], part: float) -> float:
    return math.log(durees["nation"] / durees["28th"]) / math.log(1 / part)


def par_mois(dossier: Path, nombre: int = DEPARTEMENTS) -> list[list[Path]]:
    """Return the deliveries of the first départements by month, made unless they are all there."""
    faites = dossier / f"{nombre}-departements"
    if not faites.exists():
        _fabriquer(dossier, nombre)
        faites.touch()
    rangees: dict[str, list[Path]] = defaultdict(list)
    for livraison in sorted(dossier.glob("*/*/")):
        rangees[livraison.name].append(livraison)
    return [rangees[mois] for mois in sorted(rangees)]


def _fabriquer(dossier: Path, nombre: int) -> None:
    departements: set[str] = set()
    for livraison in livraisons_nation(dossier, taille=NATION, mois=2):
        departements.add(livraison.parent.name)
        if len(departements) > nombre:
            shutil.rmtree(livraison.parent)
            return


def _octets(livraison: Path) -> int:
    return sum(fichier.stat().st_size for fichier in livraison.iterdir())


def _petite_part(tailles: list[int]) -> list[int]:
    """Choose départements of middling size, enough of them to make a 28th of the whole."""
    moyenne = sum(tailles) / len(tailles)
    choisis: list[int] = []
    for rang in sorted(range(len(tailles)), key=lambda i: abs(tailles[i] - moyenne)):
        if sum(tailles[i] for i in choisis) * PETITE_PART >= sum(tailles):
            break
        choisis.append(rang)
    return choisis


def _publier(
    nom: str, donnees: Path, livraisons: list[Path], executions: list[Execution]
) -> Iterator[Mesure]:
    charger = infocentre(donnees, "charger", *livraisons)
    yield Mesure(f"{nom}: charger {len(livraisons)} deliveries", charger.secondes, "s")
    controler = infocentre(donnees, "controler")
    yield Mesure(f"{nom}: controler", controler.secondes, "s")
    executions += [charger, controler]
    pic = max(charger.octets, controler.octets) / MEGA
    yield Mesure(f"{nom}: peak memory", pic, "MB", LIMITE_MEMOIRE)

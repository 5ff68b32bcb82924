"""Mensuel: one month of 100 000 active demandes after ten months already published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import MEGA, Mesure, infocentre
from infocentre.demo import fabriquer

ACTIVES, HISTOIRE, LIMITE_MEMOIRE = 100_000, 10, 1500


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Publish the history (ten stocks, a million rows), then measure the month that follows."""
    *avant, dernier = fabriquer(atelier / "livraisons", taille=ACTIVES, mois=HISTOIRE + 1)
    donnees = atelier / "donnees"
    charger = infocentre(donnees, "charger", *avant)
    yield Mesure(f"charger the {HISTOIRE} months before", charger.secondes, "s")
    yield Mesure("controler them", infocentre(donnees, "controler").secondes, "s")
    mensuel = infocentre(donnees, "mensuel", dernier)
    yield Mesure("mensuel", mensuel.secondes, "s")
    yield Mesure("mensuel, peak memory", mensuel.octets / MEGA, "MB", LIMITE_MEMOIRE)

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
    # Demandeurs of one month were told nothing before they were struck off: at this size a person
    # is asked whether it is true.
    confirmer = ("--confirmer", "une panne du mois de février, que la démonstration a plantée")
    secondes = sum(infocentre(donnees, "charger", une, *confirmer).secondes for une in avant)
    yield Mesure(f"charger the {HISTOIRE} months before, one by one", secondes, "s")
    yield Mesure("controler them", infocentre(donnees, "controler").secondes, "s")
    mensuel = infocentre(donnees, "mensuel", dernier)
    yield Mesure("mensuel", mensuel.secondes, "s")
    yield Mesure("mensuel, peak memory", mensuel.octets / MEGA, "MB", LIMITE_MEMOIRE)

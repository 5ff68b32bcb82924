"""The printed documents: time and memory of each command on a demonstration of the usual size.

Limits are of processor, on which what else the machine does weighs less than on time.

INFOCENTRE_DOSSIER names the data directory to read; without it a demonstration is made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import MEGA, Execution, Mesure, infocentre
from infocentre.entrepot import Dossier
from infocentre.noyau.temps import dernier_semestre

ESSAIS = 3
SYNTHESE, BILAN, PARTENAIRES, MEMOIRE = 1.7, 7, 60, 450


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Print the synthèse, the bilan, the papers of all partners; the start is in the times."""
    donnees = _donnees(atelier)
    semestre = _semestre(donnees)
    documents: dict[str, tuple[float, tuple[object, ...]]] = {
        "synthese": (SYNTHESE, ("synthese", "--sortie", atelier / "synthese.pdf")),
        "bilan": (BILAN, ("bilan", semestre, "--sortie", atelier / "bilan.pdf")),
    }
    for nom, (limite, commande) in documents.items():
        meilleure = min((infocentre(donnees, *commande) for _ in range(ESSAIS)), key=_processeur)
        yield Mesure(nom, meilleure.secondes, "s")
        yield Mesure(f"{nom}, processor", meilleure.processeur, "s", limite)
        yield Mesure(f"{nom}, peak memory", meilleure.octets / MEGA, "MB", MEMOIRE)
    sortie = atelier / "partenaires"
    tous = infocentre(donnees, "bilan", semestre, "--tous", "--sortie", sortie)
    nombre = len(list(sortie.rglob("*.pdf")))
    yield Mesure(f"bilans of {nombre} partners", tous.secondes, "s")
    yield Mesure("bilans of partners, peak memory", tous.octets / MEGA, "MB", MEMOIRE)
    annee = _annee(donnees)
    sortie = atelier / "flux"
    flux = infocentre(donnees, "bilan", "--tous", "--annee", annee, "--sortie", sortie)
    nombre = len(list(sortie.rglob("*.pdf")))
    yield Mesure(f"{nombre} bilans of flux", flux.secondes, "s")
    ensemble = tous.processeur + flux.processeur
    yield Mesure("papers of partners, processor", ensemble, "s", PARTENAIRES)
    yield Mesure("bilans of flux, peak memory", flux.octets / MEGA, "MB", MEMOIRE)


def _processeur(execution: Execution) -> float:
    return execution.processeur


def _donnees(atelier: Path) -> Path:
    if donne := os.environ.get("INFOCENTRE_DOSSIER"):
        return Path(donne)
    infocentre(atelier / "demo", "demo", "--sans-servir")
    return atelier / "demo"


def _annee(donnees: Path) -> str:
    """Return the last civil year whose December is controlled."""
    controles = [une.mois for une in Dossier(donnees).version().livraisons if une.controle]
    return max(un for un in controles if un.endswith("-12"))[:4]


def _semestre(donnees: Path) -> str:
    """Return the last semester whose last month is controlled."""
    controles = [une.mois for une in Dossier(donnees).version().livraisons if une.controle]
    semestre = dernier_semestre(controles)
    if semestre is None:
        raise RuntimeError("no semester is complete in this directory")
    return semestre

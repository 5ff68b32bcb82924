"""The secret statistique of the newest month: what it hides for the sake of small counts.

INFOCENTRE_DOSSIER names the data directory to read; without it a demonstration is made.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from benchmarks.outils import Mesure, chronometrer, infocentre
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.caches import lire_tables
from infocentre.mesures.partage import Ensemble, Tables, fusionner, masquer_ensemble
from infocentre.mesures.tableaux import tableaux
from infocentre.restitutions import lecture

# Seconds of one month, and protectors for a hundred small counts: 41 before prices.
SECONDES, POUR_CENT = 1.0, 39


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Count small cells and those hidden with them, in all tables and outside those of communes."""
    with lecture.ouvrir(Dossier(_donnees(atelier)), TOUT) as v:
        seuil, tables = seuil_secret(v), _tables(v)
    ensemble = masquer_ensemble(tables, seuil)
    petites, protectrices = _compter(tables, ensemble, seuil)
    communes = {code for code, un in tableaux().items() if un.declare.par_epci}
    _, hors_communes = _compter(tables, ensemble, seuil, communes)
    yield Mesure("small cells", petites, "")
    yield Mesure("cells hidden to protect them", protectrices, "")
    yield Mesure("of which outside the tables by commune", hors_communes, "")
    yield Mesure("protectors for 100 small cells", 100 * protectrices / petites, "", POUR_CENT)
    secondes = chronometrer(lambda: masquer_ensemble(tables, seuil))
    yield Mesure("one month masked", secondes, "s", SECONDES)


def _tables(v: Lecture) -> Tables:
    (departement, *_) = v.version.departements
    lues = lire_tables(v.lignes, departement)
    return lues[max(lues)]


def _compter(
    tables: Tables, ensemble: Ensemble, seuil: int, sauf: Collection[str] = ()
) -> tuple[int, int]:
    """Return how many hidden counts are small, and how many are not."""
    petites = autres = 0
    for code, lignes in tables.items():
        if code in sauf:
            continue
        plan = tableaux()[code].plan
        montrees = fusionner(plan, lignes, ensemble.fusions.get(code, ()))
        for rang, noms in ensemble.caches[code].items():
            for nom in noms.intersection(plan.comptes):
                valeur = montrees[rang][nom]
                petites += 0 < (valeur or 0) < seuil
                autres += (valeur or 0) >= seuil
    return petites, autres


def _donnees(atelier: Path) -> Path:
    if donne := os.environ.get("INFOCENTRE_DOSSIER"):
        return Path(donne)
    infocentre(atelier / "demo", "demo", "--sans-servir")
    return atelier / "demo"

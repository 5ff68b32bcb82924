"""The dashboards over the 101 départements, one of which has as many guichets as the nation.

INFOCENTRE_DOSSIER names such a data directory (only read); without it, it is made: 2 500 guichets
and 13 months in the first département, one month of the others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import Mesure, infocentre
from benchmarks.tableaux_de_bord import DEPARTEMENT, Limites, mesurer_entrepot
from infocentre.demo import fabriquer_etendu, livraisons_nation

GUICHETS, TAILLE, MOIS, TAILLE_AUTRES = 2_500, 40_000, 13, 60_000
LIMITES = Limites(p50=None, p95=150, p95_huit=None, debit=None)


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Ask every page of the département that has 2 500 guichets."""
    donne = os.environ.get("INFOCENTRE_DOSSIER")
    yield from mesurer_entrepot(Path(donne) if donne else _nation(atelier), LIMITES)


def _nation(atelier: Path) -> Path:
    grand = fabriquer_etendu(atelier / "grand", taille=TAILLE, mois=MOIS, guichets=GUICHETS)
    autres = livraisons_nation(atelier / "autres", taille=TAILLE_AUTRES, mois=1)
    donnees = atelier / "donnees"
    infocentre(donnees, "charger", *grand)
    infocentre(donnees, "charger", *(une for une in autres if une.parent.name != DEPARTEMENT))
    infocentre(donnees, "controler")
    return donnees

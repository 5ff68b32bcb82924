"""The page « Région » of 13 départements, as a client of the loopback has it."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import Mesure, infocentre, servir
from benchmarks.tableaux_de_bord import p95, un_client
from infocentre.contrat.territoires import departements
from infocentre.demo import fabriquer

REGION, TAILLE, FOIS, LIMITE = "76", 400, 40, 100  # Occitanie: 13 départements; milliseconds
PAGES = {"/region": [f"/region?region={REGION}"]}


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Ask the page of a whole region: its first visit, then those after it."""
    siens = [un.code for un in departements().values() if un.region == REGION]
    recues = [
        fabriquer(atelier / un, taille=TAILLE, mois=1, departement=un) for un in sorted(siens)
    ]
    donnees = atelier / "donnees"
    infocentre(donnees, "charger", *itertools.chain(*recues))
    infocentre(donnees, "controler")
    with servir(donnees) as port:
        premiere = un_client(port, PAGES, 1)["/region"]
        durees = un_client(port, PAGES, FOIS)["/region"]
    yield Mesure("départements", len(siens), "")
    yield Mesure("/region: first visit", premiere[0], "ms")
    yield Mesure("/region: p50", statistics.median(durees), "ms", LIMITE)
    yield Mesure("/region: p95", p95(durees), "ms", LIMITE)

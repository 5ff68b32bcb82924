"""The page « Région » of 13 départements: as a client has it, and what it costs the server."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import Mesure, infocentre, servir
from benchmarks.tableaux_de_bord import APPEL, p95, un_client
from dashboards.app import creer_app
from dashboards.navigation import appel
from infocentre.contrat.territoires import departements
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier

REGION, TAILLE, FOIS, LIMITE = "76", 400, 40, 100  # Occitanie: 13 départements; milliseconds
PAGE = f"/region?region={REGION}"


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Ask the page of a whole region: its first visit, then those after it."""
    siens = [un.code for un in departements().values() if un.region == REGION]
    yield Mesure("départements", len(siens), "")
    donnees = _donnees(atelier, siens)
    with servir(donnees) as port:
        premieres = un_client(port, {PAGE: [PAGE]}, 1)[PAGE]
        durees = un_client(port, {PAGE: [PAGE]}, FOIS)[PAGE]
    yield Mesure("/region: first visit, the server just started", premieres[0], "ms")
    yield Mesure("/region: p50", statistics.median(durees), "ms", LIMITE)
    yield Mesure("/region: p95", p95(durees), "ms", LIMITE)
    calculs = _calculs(donnees)
    yield Mesure("/region: first visit, processor", calculs[0], "ms")
    yield Mesure("/region: p95, processor", p95(calculs[1:]), "ms", LIMITE)


def _donnees(atelier: Path, codes: list[str]) -> Path:
    recues = [
        fabriquer(atelier / un, taille=TAILLE, mois=1, departement=un) for un in sorted(codes)
    ]
    donnees = atelier / "donnees"
    infocentre(donnees, "charger", *itertools.chain(*recues))
    infocentre(donnees, "controler")
    return donnees


def _calculs(donnees: Path) -> list[float]:
    """Return the milliseconds of processor of each visit, in a process where others came first."""
    client = creer_app(Dossier(donnees)).server.test_client()
    client.post(APPEL, json=appel("/tableaux"))
    durees = []
    for _ in range(FOIS):
        debut = time.process_time()
        client.post(APPEL, json=appel(PAGE))
        durees.append(1000 * (time.process_time() - debut))
    return durees

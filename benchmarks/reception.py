"""Reception of a dirty stock file of a million rows ÷ `read_csv` of its clean equivalent."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from benchmarks.fichiers import fabriquer
from benchmarks.outils import Mesure, chronometrer
from infocentre.livraisons.depot import ouvrir_depot
from infocentre.livraisons.reception import recevoir

LIGNES, FOIS, LIMITE = 1_000_000, 5, 2.5


class _Silence:
    def table(self, _nom: str, _octets: int) -> Callable[[int], None]:
        return lambda _octets: None


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Measure both in turn, so that a busy machine slows one as much as the other."""
    propre, livraison = fabriquer(atelier, LIGNES)
    receptions, lectures, processeur = [], [], []
    for _ in range(FOIS):
        debut = time.process_time()
        lectures.append(chronometrer(lambda: _lire(propre)))
        milieu = time.process_time()
        receptions.append(chronometrer(lambda: _recevoir(livraison, atelier / "travail")))
        processeur.append((time.process_time() - milieu) / (milieu - debut))
    rapports = [r / lecture for r, lecture in zip(receptions, lectures, strict=True)]
    yield Mesure("reception, median", statistics.median(receptions), "s")
    yield Mesure("read_csv of the clean typed file, median", statistics.median(lectures), "s")
    yield Mesure("reception / read_csv, median", statistics.median(rapports), "", LIMITE)
    yield Mesure("the same, processor time of all threads", statistics.median(processeur), "")


def _lire(propre: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE stock AS FROM read_csv('{propre}', delim = ';')")


def _recevoir(livraison: Path, travail: Path) -> None:
    """Receive the delivery whole: from its files on disk to its archive."""
    travail.mkdir()
    depot = ouvrir_depot(livraison, travail, departement="013")
    recevoir(depot, travail / "archive", travail, _Silence())
    shutil.rmtree(travail)

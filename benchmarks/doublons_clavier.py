"""Two hundred decisions by the keyboard, in a browser: when the next case is painted, then kept."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from benchmarks.outils import Mesure
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import Memoire
from infocentre.entrepot import Dossier
from tests.navigateur.conftest import BUREAU, CHROMIUM, OPTIONS, servir
from tests.navigateur.test_doublons import FRAPPER, fabriquer

DECISIONS = 200
SUIVANT = 150  # milliseconds until the next case is there


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Decide as fast as cases come; then wait until the server has kept the last decision."""
    racine = fabriquer(atelier, DECISIONS + 5)
    os.environ["INFOCENTRE_DOSSIER"] = str(racine)
    with servir(Dossier(racine)) as site, sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        page = navigateur.new_page(viewport=BUREAU)
        page.goto(f"{site}/doublons")
        expect(page.locator(".revue h2")).to_be_focused(timeout=30_000)
        debut = time.perf_counter()
        temps: list[float] = []
        while len(temps) < DECISIONS:
            if (une := page.evaluate(FRAPPER, "dcsm"[len(temps) % 4])) is not None:
                temps.append(une)
        frappe = time.perf_counter() - debut
        memoire = Memoire(ouvrir_magasin(racine), "banc")
        while len(memoire.bilans("013")) < DECISIONS:
            time.sleep(0.1)
        gardees = time.perf_counter() - debut
        navigateur.close()
    yield Mesure("next case painted, median", statistics.median(temps), "ms", SUIVANT)
    yield Mesure("next case painted, 95 % under", sorted(temps)[int(0.95 * DECISIONS)], "ms")
    yield Mesure("next case painted, worst", max(temps), "ms")
    yield Mesure(f"{DECISIONS} decisions typed", frappe, "s")
    yield Mesure(f"{DECISIONS} decisions kept", gardees, "s")

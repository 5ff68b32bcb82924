"""A reduced demonstration, made once and received once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.demo import HABITUDES, fabriquer
from tests.demo.chaine import ouvrir, recevoir_toutes, valoriser
from tests.donnees.communs import une_fois

TAILLE = 5_000
# The months in which a habit begins, ends or is gone, one before a change, the last three, and
# those that the bilan of 2026-S1 compares.
RETENUS = {
    "2024-10",
    "2025-06",
    "2025-07",
    "2025-12",
    "2026-01",
    "2026-03",
    "2026-06",
    "2026-08",
    "2026-09",
    "2026-10",
    *(mois for h in HABITUDES for mois in (h.mois_debut, h.mois_fin, h.retour_vert) if mois),
}


@dataclass(frozen=True)
class Demonstration:
    """The deliveries, the descriptions of those that were received, and their values."""

    livraisons: list[Path]
    descriptions: list[Any]
    con: duckdb.DuckDBPyConnection

    def un(self, sql: str) -> Any:
        """Return the only value of a query."""
        return self.con.execute(sql).fetchall()[0][0]


@pytest.fixture(scope="session")
def demonstration() -> Demonstration:
    dossier = une_fois("reduite", _recevoir)
    descriptions = json.loads((dossier / "descriptions.json").read_text("utf-8"))
    con = ouvrir(dossier / "archives")
    valoriser(con)
    return Demonstration(sorted((dossier / "livraisons").glob("20*")), descriptions, con)


def _recevoir(dossier: Path) -> None:
    livraisons = fabriquer(dossier / "livraisons", taille=TAILLE)
    retenues = [livraison for livraison in livraisons if livraison.name in RETENUS]
    descriptions = recevoir_toutes(retenues, dossier / "archives")
    (dossier / "descriptions.json").write_text(json.dumps(descriptions), "utf-8")

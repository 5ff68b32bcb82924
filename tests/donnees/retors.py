"""The three months of `exemple-retors`, as delivered, and what they must give."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

_ICI = Path(__file__).parent
MOIS = ("2026-01", "2026-02", "2026-03")


def dossier_jetable(prefixe: str) -> Path:
    """Return a directory that lives as long as this process."""
    dossier = Path(tempfile.mkdtemp(prefix=f"infocentre-{prefixe}-"))
    atexit.register(shutil.rmtree, dossier, ignore_errors=True)
    return dossier


@functools.cache
def livraisons() -> tuple[Path, ...]:
    """Return the three deliveries in the order of months; nobody may change them."""
    dossier = dossier_jetable("retors")
    with zipfile.ZipFile(_ICI / "exemple-retors.zip") as archive:
        archive.extractall(dossier)
    return tuple(dossier / mois for mois in MOIS)


@functools.cache
def verite() -> dict[str, dict[str, Any]]:
    """Return {month: {code: {guichet: [n, d, n_12m, d_12m]}}}, two counts for a stock."""
    contenu: dict[str, dict[str, Any]] = json.loads((_ICI / "verite.json").read_text("utf-8"))
    return contenu


def codes_de_reference() -> list[str]:
    """Return the indicators that the reference has, in order: one that is added is not there."""
    return sorted({code for mois in verite().values() for code in mois if code != "_stats"})


def lignes_csv(livraison: Path, table: str) -> list[dict[str, str]]:
    """Read a table of a clean delivery without the project's reader (UTF-8, quotes respected)."""
    import csv

    with (livraison / f"{table}.csv").open(encoding="utf-8-sig", newline="") as flux:
        return [ligne for ligne in csv.DictReader(flux, delimiter=";") if None not in ligne]

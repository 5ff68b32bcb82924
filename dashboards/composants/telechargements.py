"""The forms in which what a page shows is taken away, named alike on every page."""

from __future__ import annotations

from collections.abc import Callable

from infocentre.noyau.formats import Format

FORMES: dict[str, Format] = {
    "en xlsx": "xlsx",
    "en csv pour Excel": "csv-excel",
    "en csv": "csv",
}


def formes(adresse: Callable[[str], str], quoi: str = "Exporter") -> dict[str, str]:
    """Return {what the link says: its address}; `adresse` is that of a format's file."""
    return {f"{quoi} {dit}": adresse(format_) for dit, format_ in FORMES.items()}

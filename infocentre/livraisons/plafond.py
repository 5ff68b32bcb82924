"""How much a file that is sent may unpack to."""

from __future__ import annotations

from pathlib import Path

# Beyond, a small file was made to fill the disk.
_RATIO, _MARGE = 200, 64 << 20


def plafond(fichier: Path) -> int:
    """Return the bytes beyond which what a compressed file holds is not read."""
    return fichier.stat().st_size * _RATIO + _MARGE

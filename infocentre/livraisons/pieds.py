"""Rows that end a file and are no records: totals, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from infocentre.noyau.francais import simplifier

PIED = re.compile(
    r"(sous[ -])?(total|totaux|ensemble|somme|cumul|nombre|nb lignes|fin|source|edite|page)\b"
)


def est_pied(cellules: Sequence[str]) -> bool:
    """Tell whether a row, the last ones, is a total or a note, and no record."""
    remplies = [simplifier(cellule.strip()) for cellule in cellules if cellule.strip()]
    return bool(remplies) and PIED.match(remplies[0]) is not None

"""Rows that end a file and are no records: totals, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from infocentre.noyau.francais import simplifier

PEU = 2
TOTAL = "ligne de total ou de note"
PIED = re.compile(
    r"(sous[ -])?(total|totaux|ensemble|somme|cumul|nombre|nb lignes|fin|source|edite|page)\b"
)


def est_pied(cellules: Sequence[str]) -> bool:
    """Tell whether a row, the last ones, is a total or a note: a record has more of its cells.

    « Ensemble Habitat » may be the name of a guichet.
    """
    remplies = [cellule for cellule in cellules if cellule.strip()]
    if not remplies or len(remplies) > max(PEU, len(cellules) / PEU):
        return False
    return PIED.match(simplifier(remplies[0].strip())) is not None

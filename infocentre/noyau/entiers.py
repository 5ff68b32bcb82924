"""Whole numbers that people type: in an option, a form, the address of a page."""

from __future__ import annotations

import re

CHIFFRES = 9  # that a count, a rank or a page may have
MAXIMUM = 10**CHIFFRES - 1


def lire_entier(texte: str, bornes: range) -> int | None:
    """Return the whole number that a text is; None when it is none of `bornes`, or too long."""
    if not re.fullmatch(rf"[0-9]{{1,{CHIFFRES}}}", texte):
        return None
    lu = int(texte)
    return lu if lu in bornes else None

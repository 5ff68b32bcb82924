"""The form of a numéro unique: département, month, year, rank, then the guichet that created it."""

from __future__ import annotations

import re

NUMERO_UNIQUE = r"([0-9]{3}|02[AB])(0[1-9]|1[0-2])[0-9]{8}[0-9A-Z]{5}"
_SEUL = re.compile(rb"(?<![0-9A-Za-z])(?:[0-9]{3}|02[AB])[0-9]{10}[0-9A-Z]{5}(?![0-9A-Za-z])")


def numeros_ecrits(contenu: bytes) -> frozenset[str]:
    """Return the numéros uniques that a text shows."""
    return frozenset(un.decode() for un in _SEUL.findall(contenu))

"""The form of a numéro unique: département, month, year, rank, then the guichet that created it."""

from __future__ import annotations

import re

NUMERO_UNIQUE = r"([0-9]{3}|02[AB])(0[1-9]|1[0-2])[0-9]{8}[0-9A-Z]{5}"
_MOT = rb"[0-9A-Za-z]"
_ECRIT = re.compile(
    rb"[0-9]{2}[0-9AB][0-9]{10}[0-9A-Z]{5}(?!%b)(?<!%b.{18})" % (_MOT, _MOT), re.DOTALL
)


def numeros_ecrits(contenu: bytes) -> frozenset[str]:
    """Return the numéros uniques that a text shows, each a word of its own."""
    return frozenset(un.decode() for un in set(_ECRIT.findall(contenu)))

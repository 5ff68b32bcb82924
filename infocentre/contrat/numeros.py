"""The form of a numéro unique: département, month, year, rank, then the guichet that created it."""

from __future__ import annotations

import re

NUMERO_UNIQUE = r"([0-9]{3}|02[AB])(0[1-9]|1[0-2])[0-9]{8}[0-9A-Z]{5}"
_DIX = b"0" * 10
_EN_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MOT = rb"[0-9A-Za-z]"
_ECRIT = re.compile(
    rb"[0-9]{2}[0-9AB][0-9]{10}[0-9A-Z]{5}(?!%b)(?<!%b.{18})" % (_MOT, _MOT), re.DOTALL
)


def numeros_ecrits(contenu: bytes) -> frozenset[str]:
    """Return the numéros uniques that a text shows, each a word of its own.

    Every answer is read: ten figures in a row are looked for first, which is done at once. They
    begin a numéro, or stand after its département.
    """
    zeros = contenu.translate(_EN_ZEROS)
    vus: set[str] = set()
    ici = zeros.find(_DIX)
    while ici >= 0:
        for debut in (ici, ici - 3):
            if debut >= 0 and (lu := _ECRIT.match(contenu, debut)):
                vus.add(lu[0].decode())
        ici = zeros.find(_DIX, ici + len(_DIX))
    return frozenset(vus)

"""Characters that no text may hold: they show nothing, and change what is shown around them.

Controls (C0 but tab and line feed, C1), direction marks, line and paragraph separators, invisible
formats, lone surrogates and the code points that are no characters.
"""

from __future__ import annotations

import re
import sys

_PLAGES = (
    (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F), (0x061C, 0x061C), (0x200E, 0x200F),
    (0x2028, 0x202E), (0x2060, 0x206F), (0xD800, 0xDFFF), (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF), (0xE0000, 0xE007F),
    *((plan << 16 | 0xFFFE, plan << 16 | 0xFFFF) for plan in range(1, 17)),
)  # fmt: skip
_SUBSTITUTS = (0xD800, 0xDFFF)


def _classe(plages: tuple[tuple[int, int], ...], point: str) -> str:
    return "[" + "".join(f"{point % a}-{point % b}" for a, b in plages) + "]"


SUBSTITUTS = re.compile(_classe((_SUBSTITUTS,), "\\U%08x"))
INVISIBLES = re.compile(_classe(_PLAGES, "\\U%08x"))
# As DuckDB writes it; no text of its own holds a lone surrogate.
INVISIBLES_SQL = _classe(tuple(p for p in _PLAGES if p != _SUBSTITUTS), "\\x{%x}")


def nettoyer(texte: str) -> str:
    """Return a text without the characters that no text may hold."""
    return INVISIBLES.sub("", texte)


def nom_sur(nom: str, longueur: int = 255) -> str:
    """Return a name, of a file or a folder, that can be shown and kept: on one line, not too long.

    A byte that is no UTF-8 becomes « ? ».
    """
    return nettoyer(" ".join(SUBSTITUTS.sub("?", nom).split()))[:longueur]


def imprimable(texte: str) -> str:
    """Return a text as a terminal may receive it: what is invisible is spelt out."""
    return INVISIBLES.sub(_echappe, texte)


def _echappe(trouve: re.Match[str]) -> str:
    return trouve[0].encode("unicode_escape").decode("ascii")


def dire(texte: str, *, erreur: bool = False, fin: str = "\n", vider: bool = False) -> None:
    """Print a text for people: nothing that a delivery holds drives their terminal."""
    sortie = sys.stderr if erreur else sys.stdout
    print(imprimable(texte), end=fin, file=sortie, flush=vider)

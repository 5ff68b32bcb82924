"""Characters that no text may hold: they show nothing, and change what is shown around them.

Controls (C0 but tab and line feed, C1), direction marks, line and paragraph separators, invisible
formats, lone surrogates and the code points that are no characters.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import raison

_PLAGES = (
    (0x00, 0x08),
    (0x0B, 0x1F),
    (0x7F, 0x9F),
    (0x061C, 0x061C),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFDD0, 0xFDEF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0xE0000, 0xE007F),
    *((plan << 16 | 0xFFFE, plan << 16 | 0xFFFF) for plan in range(1, 17)),
)
_SUBSTITUTS = (0xD800, 0xDFFF)


def _classe(plages: tuple[tuple[int, int], ...], point: str) -> str:
    return "[" + "".join(f"{point % a}-{point % b}" for a, b in plages) + "]"


SUBSTITUTS = re.compile(_classe((_SUBSTITUTS,), "\\U%08x"))
INVISIBLES = re.compile(_classe(_PLAGES, "\\U%08x"))
# As DuckDB writes it; no text of its own holds a lone surrogate.
INVISIBLES_SQL = _classe(tuple(p for p in _PLAGES if p != _SUBSTITUTS), "\\x{%x}")


def est_un_texte(dit: object) -> bool:
    """Tell whether something is a text that can be kept, shown and asked: in UTF-8, without NUL."""
    return isinstance(dit, str) and "\0" not in dit and not SUBSTITUTS.search(dit)


def nettoyer(texte: str) -> str:
    """Return a text without the characters that no text may hold."""
    return INVISIBLES.sub("", texte)


def nom_sur(nom: str, longueur: int = 255) -> str:
    """Return a name, of a file or a folder, that can be shown and kept: on one line, not too long.

    A byte that is no UTF-8 becomes « ? ».
    """
    return nettoyer(" ".join(SUBSTITUTS.sub("?", nom).split()))[:longueur]


def abreger(texte: str, longueur: int) -> str:
    """Return a text cut in its middle when it is longer: what tells a path or a name is its end."""
    if len(texte) <= longueur:
        return texte
    debut = (longueur - 1) // 3
    return f"{texte[:debut]}…{texte[debut + 1 - longueur :]}"


def imprimable(texte: str) -> str:
    """Return a text as a terminal may receive it: what is invisible is spelt out."""
    return INVISIBLES.sub(_echappe, texte)


def _echappe(trouve: re.Match[str]) -> str:
    return trouve[0].encode("unicode_escape").decode("ascii")


class Sortie:
    """The standard output: what it does not take is refused, as any file that cannot be written."""

    def __init__(self, flux: TextIO) -> None:
        self._flux = flux

    def write(self, texte: str) -> int:
        """Write a text."""
        with _refus_de_sortie():
            return self._flux.write(texte)

    def flush(self) -> None:
        """Send what waits."""
        with _refus_de_sortie():
            self._flux.flush()

    def __getattr__(self, nom: str) -> Any:  # noqa: ANN401 - whatever the stream has
        """Be the stream for all the rest."""
        return getattr(self._flux, nom)


@contextlib.contextmanager
def _refus_de_sortie() -> Iterator[None]:
    """Turn what keeps from printing into a Refus; that nobody reads any more stays as it is."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as erreur:
        taire_la_sortie()
        raise Refus(
            f"ce que dit la commande n'a pas pu être écrit : {raison(erreur)}",
            que_faire="Vérifier la place là où « > » l'envoie, puis recommencer.",
        ) from erreur


def taire_la_sortie() -> None:
    """Have what is left to print go nowhere: it would fail once more as the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Ecran:
    """A stream for people: whatever is printed on it, nothing drives their terminal.

    `brut` is the stream itself, for what draws on the terminal or feeds another program.
    """

    def __init__(self, brut: TextIO) -> None:
        self.brut = brut

    def write(self, texte: str) -> int:
        """Write a text, what is invisible in it spelt out."""
        return self.brut.write(imprimable(texte))

    def __getattr__(self, nom: str) -> Any:  # noqa: ANN401 - whatever the stream has
        """Be the stream for all the rest."""
        return getattr(self.brut, nom)


def brut(flux: TextIO) -> TextIO:
    """Return a stream as it is under its Ecran, if it has one."""
    nu: TextIO = getattr(flux, "brut", flux)
    return nu


def pour_donnees() -> TextIO:
    """Return the standard output as data are written on it: as they are, but to a terminal."""
    return sys.stdout if sys.stdout.isatty() else brut(sys.stdout)


@contextlib.contextmanager
def a_l_ecran() -> Iterator[None]:
    """Print to people, in this block, through an Ecran.

    What is not printed on a terminal is in UTF-8, whatever the machine; a terminal that has not a
    character shows « ? ».
    """
    for flux in (sys.stdout, sys.stderr):
        if isinstance(flux, io.TextIOWrapper):
            if flux.isatty():
                flux.reconfigure(errors="replace")
            else:
                flux.reconfigure(encoding="utf-8", errors="backslashreplace")
    sortie = cast("TextIO", Ecran(cast("TextIO", Sortie(sys.stdout))))
    erreur = cast("TextIO", Ecran(sys.stderr))
    with contextlib.redirect_stdout(sortie), contextlib.redirect_stderr(erreur):
        yield

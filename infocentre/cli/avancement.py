"""How far a long command is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from infocentre.noyau.texte import brut


class AvancementTexte:
    """One plain line per file read."""

    def table(self, nom: str, octets: int) -> Callable[[int], None]:
        """Say that a file is being read, with its size in bytes."""
        print(f"  lecture de {nom} ({octets / 1e6:.1f} Mo)".replace(".", ","), flush=True)
        return lambda _: None


class Silence:
    """Nothing: for many deliveries in a row, a line each is enough."""

    def table(self, nom: str, octets: int) -> Callable[[int], None]:  # noqa: ARG002
        """Say nothing of a file."""
        return lambda _: None


class AvancementBarre:
    """A bar per file on the terminal, gone when the file is read."""

    def table(self, nom: str, octets: int) -> Callable[[int], None]:
        """Draw the bar of a file and return what moves it."""
        debut, lus = time.monotonic(), 0
        terminal = brut(sys.stdout)

        def avancer(nombre: int) -> None:
            nonlocal lus
            lus += nombre
            part = min(1.0, lus / max(octets, 1))
            barre = "█" * int(30 * part) + "·" * (30 - int(30 * part))
            duree = time.monotonic() - debut
            terminal.write(f"\r  {nom:<14} {barre} {100 * part:3.0f} %  {duree:4.1f} s\033[K")
            terminal.flush()
            if part == 1:
                terminal.write("\r\033[K")

        return avancer


def avancement() -> AvancementTexte | AvancementBarre:
    """Return what suits the standard output."""
    return AvancementBarre() if sys.stdout.isatty() else AvancementTexte()

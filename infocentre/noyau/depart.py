"""What a process does at its start: it takes the time of Paris, spares searches and imports."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import time
from collections.abc import Iterator

from infocentre.noyau.temps import PARIS

# Objects made before cycles are looked for: what a process imports has none to find, and is looked
# through again for a quarter of its time.
CYCLES = 100_000


def prendre_l_heure_de_paris() -> None:
    """Count days and hours as in Paris where the machine has no zone: servers come in UTC.

    A day ends at midnight there, and so do deadlines. A zone that was set, or said by TZ, is kept:
    that of Cayenne or of Saint-Denis.
    """
    if not os.environ.get("TZ") and time.tzname[0] == "UTC":
        os.environ["TZ"] = PARIS
        time.tzset()


def espacer_les_cycles() -> None:
    """Look for cycles of objects less often, in a process that does one thing and ends."""
    gc.set_threshold(CYCLES, 10, 10)


def ecarter(nom: str) -> bool:
    """Have nothing import a module from now on, unless it is there; tell if it was not.

    DuckDB imports pandas to bind a text: half a second and 50 MB, for what only a control uses.
    """
    return sys.modules.setdefault(nom, None) is None  # type: ignore[arg-type]


@contextlib.contextmanager
def sans(nom: str) -> Iterator[None]:
    """Have nothing import a module until the end."""
    ecarte = ecarter(nom)
    try:
        yield
    finally:
        if ecarte:
            sys.modules.pop(nom, None)  # gone already when the process ends

"""What a process spares at its start: looks for garbage while it imports, what it never uses."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator

# Objects made before cycles are looked for: what a process imports has none to find, and is looked
# through again for a quarter of its time.
CYCLES = 100_000


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

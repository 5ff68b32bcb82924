"""What a process spares at its start: looks for garbage while it imports, pandas when it reads."""

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


def ecarter_pandas() -> bool:
    """Have nothing import pandas from now on, unless it is there; tell if it was not.

    DuckDB imports it to bind a text: half a second and 50 MB, for what only a control uses.
    """
    return sys.modules.setdefault("pandas", None) is None  # type: ignore[arg-type]


@contextlib.contextmanager
def sans_pandas() -> Iterator[None]:
    """Have nothing import pandas until the end."""
    ecarte = ecarter_pandas()
    try:
        yield
    finally:
        if ecarte:
            sys.modules.pop("pandas", None)  # gone already when the process ends

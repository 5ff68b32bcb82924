"""How far tests go, said once: what each change runs, and how much more canary does.

A change runs each rule, right, paper and page. What only goes farther in the same direction is
drawn fewer times, or is `profond`: it runs in canary, or where INFOCENTRE_TESTS_PROFONDEUR is more
than one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

PROFONDEUR = int(os.environ.get("INFOCENTRE_TESTS_PROFONDEUR", "1"))
profond = pytest.mark.profond


def echantillon(cas: Iterable[Any], combien: int) -> list[Any]:
    """Return these cases of one kind: those but `combien` of them, evenly spaced, are `profond`."""
    tous = list(cas)
    gardes = {rang * len(tous) // combien for rang in range(combien)}
    return [
        un if rang in gardes else pytest.param(un, marks=profond) for rang, un in enumerate(tous)
    ]

"""What is damaged is told by the first thing, and by how many others there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.entrepot.sceaux import Dommage


@pytest.mark.parametrize(
    ("autres", "dit"),
    [
        (0, "il manque"),
        (1, "il manque (et 1 autre : infocentre verifier dit tout)"),
        (2, "il manque (et 2 autres : infocentre verifier dit tout)"),
    ],
)
def test_the_others_are_counted_as_one_says_it(autres: int, dit: str) -> None:
    refus = Dommage(Path("archives/a.parquet"), "il manque", "Le remettre.").refus(autres)
    assert (refus.quoi, refus.ou) == (dit, "archives/a.parquet")

"""The day that deliveries vouch for, past which a clock is not believed (400 days)."""

from __future__ import annotations

import datetime as dt

import pytest

from infocentre.demarches.registre import jour_connu
from infocentre.entrepot import Livraison


def livraison(arrete: str, chargee: str) -> Livraison:
    """Return a delivery of this arrêté, loaded that day at eight."""
    return Livraison("013", arrete, "e" * 64, arrete, f"{chargee}T08:00:00+00:00")


@pytest.mark.parametrize(
    ("livraisons", "attendu"),
    [
        ([], None),
        ([("2026-10-31", "2026-11-02")], "2026-11-02"),
        # The invented deliveries, seen for the first time years after their months.
        ([("2026-09-30", "2029-03-01"), ("2026-10-31", "2029-03-01")], "2029-03-01"),
        # The next month is loaded under a clock of 2031; a year late.
        ([("2026-10-31", "2026-11-02"), ("2026-11-30", "2031-01-01")], "2026-11-30"),
        ([("2026-10-31", "2026-11-02"), ("2026-11-30", "2027-12-07")], "2027-12-07"),
        # 400 days after 2 November 2026 (7 December 2027), and one day more.
        ([("2026-10-31", "2026-11-02"), ("2026-10-30", "2027-12-08")], "2026-11-02"),
        # Fourteen months without any: what comes then says which day it is by its arrêté.
        ([("2026-10-31", "2026-11-02"), ("2027-12-31", "2028-01-03")], "2028-01-03"),
    ],
)
def test_the_day_that_deliveries_vouch_for(
    livraisons: list[tuple[str, str]], attendu: str | None
) -> None:
    connu = jour_connu(livraison(*une) for une in livraisons)
    assert connu == (dt.date.fromisoformat(attendu) if attendu else None)

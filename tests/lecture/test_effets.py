"""Which months tell of an effect: those since the first constat, and as many before it."""

from __future__ import annotations

from dataclasses import replace

from infocentre.affaires import Constat
from infocentre.lecture.effets import _fenetres, _premiers

CONSTAT = Constat(
    "013", "G1", "Guichet", "C", "", 1, "2026-04", 1, 9, 90, None, None, "rouge", "12m", "", ()
)


def test_a_guichet_told_twice_of_an_indicator_counts_since_the_first_time() -> None:
    """Its months would be counted twice otherwise, over windows that overlap."""
    tous = [
        replace(CONSTAT, mois="2026-06"),
        CONSTAT,
        replace(CONSTAT, guichet="G2", mois="2026-07"),
    ]
    assert _premiers(tous) == {("C", "G1"): "2026-04", ("C", "G2"): "2026-07"}
    assert _premiers(reversed(tous)) == _premiers(tous)


def test_windows_before_the_constat_are_as_long_as_the_one_since_and_do_not_overlap() -> None:
    assert list(_fenetres("C", "2026-04", "2026-06")) == [
        ("C", "2026-04", "2026-06"),
        ("C", "2026-02", "2026-04"),
        ("C", "2025-12", "2026-02"),
        ("C", "2025-10", "2025-12"),
    ]
    assert next(_fenetres("C", "2024-01", "2026-06")) == ("C", "2024-01", "2025-01"), "a year"

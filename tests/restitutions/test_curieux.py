"""The curious reader, on counts by hand: it reads rates, follows sums, knows what was told once."""

from __future__ import annotations

from tests.restitutions.curieux import Lieu, Savoir, resserrees, retrouver

SEUIL = 11


def _lieux(*noms: str) -> list[Lieu]:
    return [("T", "2026-10", ("a",), nom) for nom in noms]


def test_a_rate_beside_its_denominator_gives_its_count_back() -> None:
    """2 of 54 with all its digits is 2; 2 % of 500, rounded, is 8 to 12."""
    n, d, petit, grand = _lieux("n", "d", "m", "e")
    lu = Savoir({n: 2, d: 54, petit: 9, grand: 500}, {n, petit})
    lu.rapporter(n, d, 2 / 54)
    lu.rapporter(petit, grand, 0.02)
    assert retrouver(lu, SEUIL) == {n: (2, 2)}


def test_a_rate_alone_leaves_its_counts_free() -> None:
    """1 in 3 may be 3 of 9, and many others."""
    n, d = _lieux("n", "d")
    lu = Savoir({n: 3, d: 9}, {n, d})
    lu.rapporter(n, d, 1 / 3)
    assert retrouver(lu, SEUIL) == {}


def test_a_part_that_is_hidden_alone_is_found_and_two_are_not() -> None:
    total, une, autre = _lieux("total", "une", "autre")
    lu = Savoir({total: 75, une: 5, autre: 70}, {une})
    lu.egaler(total, (une, autre))
    assert retrouver(lu, SEUIL) == {une: (5, 5)}
    lu.dire(autre, 70, masquee=True)
    assert lu.cachees == {une}, "told once, it is known"
    lu.cachees.add(autre)
    assert retrouver(lu, SEUIL) == {}


def test_more_than_s_tells_is_a_bound_within_the_floor_and_the_threshold() -> None:
    """Three parts that make 11 are 9 at most; of 12, one may be 10. Their total is 3 at least."""
    total, *parts = _lieux("total", "a", "b", "c")
    lu = Savoir({total: 11, **dict(zip(parts, (5, 3, 3), strict=True))}, {*parts})
    lu.egaler(total, parts)
    assert resserrees(lu, SEUIL) == dict.fromkeys(parts, (1, 9))
    lu.vraies |= {total: 12, parts[0]: 6}
    assert resserrees(lu, SEUIL) == {}
    lu.vraies |= {total: 8, parts[0]: 2}
    lu.cachees.add(total)
    assert resserrees(lu, SEUIL) == {}


def test_what_parts_leave_binds_without_telling() -> None:
    """75 is 5 at least, and 70 at most: a total of which parts are not all told."""
    total, une = _lieux("total", "une")
    lu = Savoir({total: 75, une: 5}, {une})
    lu.egaler(total, (une,), 70)
    assert retrouver(lu, SEUIL) == {}

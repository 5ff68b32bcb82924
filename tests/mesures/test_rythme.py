"""At this pace, when: by hand where chance has no part; how often the day is in the interval."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from infocentre.mesures.rythme import HORIZON, Apport, Prevision, prevoir

MONDES, GRAINE, MOIS, JOURS = 500, 20261129, 12, 30
COUVERTURE = 0.90
REGULIER = [Apport(10, 100, 30)] * MOIS


def test_what_is_done_already_needs_no_pace() -> None:
    assert prevoir(0, [], 0.25) == Prevision("atteint")


@pytest.mark.parametrize("apports", [REGULIER[:5], [Apport(1, 2, 30)] * MOIS])
def test_few_months_or_few_attributions_say_no_pace(apports: list[Apport]) -> None:
    assert prevoir(3, apports, 0.25).etat == "peu"


def test_a_number_is_reached_at_the_pace_of_its_months() -> None:
    """Ten a month: thirty more are three months away, and no sooner than two, chance included."""
    lue = prevoir(30, REGULIER, 0)
    assert lue.etat == "date"
    assert lue.milieu == pytest.approx(90)
    assert lue.bas is not None
    assert lue.haut is not None
    assert 45 < lue.bas < 90 < lue.haut < 160
    assert lue.jour(dt.date(2026, 10, 31), lue.milieu) == dt.date(2027, 1, 29)


def test_a_share_that_months_do_not_bring_is_never_reached() -> None:
    """Ten of a hundred a month, where 25 are due: what is missing grows."""
    assert prevoir(40, REGULIER, 0.25).etat == "jamais"


def test_a_pace_that_chance_alone_may_make_is_said_so() -> None:
    """Due and done alike: the day may be near or never come."""
    assert prevoir(3, [Apport(25, 100, 30)] * MOIS, 0.25).etat == "incertain"


def test_the_more_is_missing_the_later() -> None:
    jours = [prevoir(manque, REGULIER, 0).haut or 0 for manque in (10, 20, 40)]
    assert jours == sorted(jours)


def test_a_pace_that_changed_is_told_by_the_year_and_by_its_last_months() -> None:
    """A hundred and fifty in the year, five a month at last: 2.4 months to thirty, or 6."""
    change = [Apport(20, 100, 30)] * 6 + [Apport(5, 100, 30)] * 6
    lue = prevoir(30, change, 0)
    assert lue.etat == "date"
    assert lue.milieu == pytest.approx(72)
    assert lue.bas is not None
    assert lue.haut is not None
    assert lue.bas < 72
    assert lue.haut > 180


def _mondes(*, rupture: bool) -> Iterator[tuple[float, list[Apport], float, float]]:
    """Yield what is missing, a known year, the share, the true day (infinite when it never comes).

    Months vary by chance, by activity and in August; what is missing was made in them or before.
    A break changes the activity at some month of the year, for ever.
    """
    hasard = np.random.default_rng(GRAINE)
    for _ in range(MONDES):
        part = float(hasard.choice([0, 0.2, 0.25, 0.3, 0.5]))
        vraie = float(np.clip(part + hasard.normal(0.02, 0.06), 0.02, 0.98)) if part else 0.1
        rythme = hasard.uniform(6, 360) * np.where(np.arange(160) % MOIS == 7, 0.8, 1)
        ecart = float(hasard.choice([0.01, 0.1, 0.2]))
        rythme *= hasard.gamma(1 / ecart**2, ecart**2, size=160)
        if rupture:
            rythme[hasard.integers(4, MOIS) :] *= hasard.uniform(0.4, 1.8)
        sur = hasard.poisson(rythme)
        realise = hasard.binomial(sur, vraie)
        connus = [Apport(int(n), int(d), JOURS) for n, d in zip(realise, sur, strict=True)][:MOIS]
        de_l_annee = sum(part * un.sur - un.realise for un in connus[-hasard.integers(1, 13) :])
        manque = de_l_annee if part and hasard.random() < 0.5 else hasard.uniform(2, 120)
        yield manque, connus, part, _jour(hasard, manque, realise[MOIS:], sur[MOIS:], part)


def _jour(
    hasard: np.random.Generator,
    manque: float,
    realise: npt.NDArray[np.int64],
    sur: npt.NDArray[np.int64],
    part: float,
) -> float:
    """Return the day on which attributions, one by one, make up what is missing."""
    for mois, (n, d) in enumerate(zip(realise, sur, strict=True)):
        pas = np.concatenate([np.full(n, 1 - part), np.full(d - n, -part)])
        hasard.shuffle(pas)
        chemin = np.cumsum(pas)
        atteint = np.nonzero(chemin >= manque - 1e-9)[0]
        if len(atteint):
            return JOURS * (mois + (int(atteint[0]) + 1) / len(pas))
        manque -= chemin[-1] if len(pas) else 0
    return float("inf")


@pytest.mark.parametrize("rupture", [False, True])
def test_the_day_is_in_the_interval_nine_times_in_ten(*, rupture: bool) -> None:
    """Of 500 invented years, always the same ones, steady or broken."""
    dits: Counter[str] = Counter()
    tenus: Counter[str] = Counter()
    for manque, connus, part, jour in _mondes(rupture=rupture):
        lue = prevoir(manque, connus, part)
        if lue.etat in {"atteint", "peu"}:
            continue
        dits[lue.etat] += 1
        bas = lue.bas if lue.etat != "jamais" else HORIZON
        tenus[lue.etat] += bas is not None and bas - 1 <= jour <= (lue.haut or np.inf) + 1
    assert dits.total() > MONDES / 2
    assert all(dits[un] > 30 for un in ("date", "jamais", "incertain")), dits
    assert tenus.total() / dits.total() >= COUVERTURE, (dits, tenus)
    assert tenus["date"] / dits["date"] >= COUVERTURE, (dits, tenus)

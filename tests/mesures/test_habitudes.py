"""A low count: little work, or entries that are late. By hand, and as SciPy works it out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from benchmarks.simulations import Monde
from benchmarks.statistiques import RESTES, jeunes_mois
from infocentre.mesures.habitudes import Loi, bornes, niveau, poids_des_autres


def une(*valeurs: float) -> np.ndarray:
    return np.array([valeurs], dtype=np.float64)


@pytest.mark.parametrize("poids", [0.0, 0.1, 0.5])
def test_the_interval_holds_the_middle_95_per_cent_of_both_laws(poids: float) -> None:
    basse, haute = bornes(Loi(une(5.0), une(0.05)), Loi(une(5.3), une(0.1)), np.array([[poids]]))

    def au_dessus(x: float, chance: float) -> float:
        annoncee, autres = stats.norm.sf(x, 5.0, 0.05), stats.norm.sf(x, 5.3, 0.1)
        return float((1 - poids) * annoncee + poids * autres - chance)

    for borne, chance in ((basse, 0.975), (haute, 0.025)):
        assert borne[0, 0] == pytest.approx(
            optimize.brentq(au_dessus, 4, 6, args=(chance,)), abs=1e-3
        )


def test_a_count_like_the_others_leaves_habits_as_they_were() -> None:
    """Nothing changed has a density of 0.3989 / 0.01; work or habits that did, 1 / 0.8 each."""
    poids = poids_des_autres((une(0.0, 0.01, 1.0), une(0.01, 0.01, 0.01)))
    assert poids[0].tolist() == pytest.approx(
        [2.5 / (39.89 + 3.75), 2.5 / (24.2 + 3.75), 2 / 3], rel=1e-3
    )
    un_an = une(np.nan, np.nan, 0.0), une(np.nan, np.nan, 0.01)
    assert poids_des_autres((une(0.0, 0.01, 1.0), une(0.01, 0.01, 0.01)), un_an)[
        0
    ].tolist() == pytest.approx(
        [2.5 / (39.89 + 3.75), 2.5 / (24.2 + 3.75), 2.5 / (39.89 + 3.75)], rel=1e-3
    )


def test_a_month_like_the_others_comes_to_what_they_came_to() -> None:
    logs = np.log([900.0, 1100, 1000, 950, 1050, 1020])
    lue = niveau(np.exp(une(np.nan, np.nan, *logs)), 2)
    assert lue.centre.tolist() == [[pytest.approx(logs.mean())] * 2]
    ecart = logs.std(ddof=1) * np.sqrt(1 + 1 / 6) * stats.t.ppf(0.975, 5) / 1.96
    assert lue.ecart.tolist() == [[pytest.approx(ecart, rel=0.01)] * 2]
    calme = niveau(np.full((1, 8), 100.0), 2)
    # Nothing varied, but a hundred units that come one by one do.
    attendu = np.sqrt(1 / 100 * (1 + 1 / 8)) * stats.t.ppf(0.975, 7) / 1.96
    assert calme.ecart[0, 0] == pytest.approx(attendu, rel=0.01)
    assert np.isnan(niveau(une(100, 100, 100, 100, np.nan), 2).centre).all()


def test_a_month_of_a_season_comes_to_what_it_came_to_a_year_before() -> None:
    saison = [1000.0, 1500, 700, 800, 1200, 900, 1100, 1300, 600, 1000, 1400, 750]
    lue = niveau(np.array([saison * 3]), 3)
    assert np.exp(lue.centre[0]).tolist() == pytest.approx(saison[:3])
    assert lue.ecart[0, 0] < 0.06
    ordinaire = niveau(np.array([[1000.0, 1010, 990, 1005, 995, 1000] * 6]), 1)
    assert np.exp(ordinaire.centre[0, 0]) == pytest.approx(1000, rel=1e-3)


@pytest.mark.parametrize(("part", "volume"), [(60, 200), (55, 200), (55, 60), (45, 60), (60, 1000)])
def test_a_moderate_change_of_habits_is_held_or_told(part: int, volume: int) -> None:
    """From 70 % to 55 % of the units entered in time, 200 a month: 39 % were neither."""
    _, _, muettes, faites = jeunes_mois(Monde("70 %", volume, ensuite=f"{part} %", depuis=3), 100)
    assert faites == 300
    assert muettes <= 30


@pytest.mark.parametrize("nom", RESTES)
def test_habits_that_stay_are_rarely_suspected(nom: str) -> None:
    """A month of August like those of other years warned of nothing but itself, each year."""
    couvertes, averties, _, faites = jeunes_mois(RESTES[nom], 60, ages=3)
    assert couvertes >= 0.9 * faites
    assert averties <= 0.1 * faites

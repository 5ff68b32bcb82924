"""The drift of guichets by hand, and the rate to come of each as SciPy works it out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from infocentre.mesures.derives import Derive, mesurer_derive
from infocentre.mesures.taux_attendus import attendre


def mesurer(ecarts: list[float], hasard: float, grappes: list[int]) -> Derive:
    rangs = np.array(grappes)
    return mesurer_derive(np.array(ecarts), np.full(len(ecarts), hasard), rangs, rangs, 0.0)


def test_what_varies_more_than_counts_is_the_drift() -> None:
    """Squares of 0.09 on average, of which 0.05 are chance; two at once in a guichet, or not."""
    ensemble = mesurer([0.3, 0.3, -0.3, -0.3], 0.05, [0, 0, 1, 1])
    assert ensemble.variance == pytest.approx(0.04)
    assert ensemble.commune == pytest.approx(0.09)
    opposes = mesurer([0.3, -0.3, 0.3, -0.3], 0.05, [0, 0, 1, 1])
    assert opposes.variance == pytest.approx(0.04)
    assert opposes.commune == 0
    # Four squares, each of variance 2 × 0.05² + 0.05³, and no more as guichets show them.
    assert ensemble.erreur == pytest.approx(np.sqrt((2 * 0.05**2 + 0.05**3) / 4))
    assert mesurer([0.1, -0.1, 0.1, -0.1], 0.05, [0, 1, 2, 3]).variance == 0


def test_guichets_unlike_one_another_make_the_drift_uncertain() -> None:
    """Squares of 0.64 and 0 beside 0.01 of chance: mean 0.31, each 0.32 away, 4 of them."""
    lue = mesurer([0.8, 0.0, -0.8, 0.0], 0.01, [0, 1, 2, 3])
    assert lue.variance == pytest.approx(0.31)
    assert lue.erreur == pytest.approx(0.32 * np.sqrt(4) / 4)


def test_one_guichet_upset_is_not_the_drift_of_all() -> None:
    """Eight times more in one of a hundred: it counts as five standard deviations do."""
    lue = mesurer([7.0, *[0.0] * 99], 0.01, list(range(100)))
    loin = max(1.0, 5 * np.sqrt(0.01 + 0.01))
    assert lue.variance == pytest.approx(loin**2 / 100 - 0.01, abs=1e-12)


def test_a_drift_common_to_a_guichet_adds_up() -> None:
    """0.01 × (30² + 30²) + 0.03 × (10² + 20² + 30²)."""
    derive = Derive(0.03, 0.01, 0.005, 0.005)
    assert derive.somme(np.array([10.0, 20, 30]), np.array([0, 0, 1])) == pytest.approx(60)


def test_equal_rates_are_expected_again() -> None:
    moyennes, variances = attendre(np.full(30, 10.0), np.full(30, 100.0))
    assert moyennes == pytest.approx(np.full(30, 0.1), rel=1e-3)
    assert (variances < 1e-6).all()


def test_a_rate_to_come_is_the_mean_under_a_prior_that_counts_roughened() -> None:
    n, d = np.array([0.0, 1, 2, 2, 3, 30]), np.full(6, 60.0)
    moyenne = float(n.sum()) / float(d.sum())
    entre = ((d * (n / d - moyenne) ** 2).sum() - 5 * moyenne * (1 - moyenne)) / (360 - 60)
    concentration = moyenne * (1 - moyenne) / entre - 1
    taux = stats.logistic.cdf(np.linspace(-11, 5, 600))
    loi = stats.beta.pdf(taux, moyenne * concentration, (1 - moyenne) * concentration)
    loi *= taux * (1 - taux)  # rates are spread evenly in logits
    for _ in range(4):
        chances = stats.binom.pmf(n[:, None], 60, taux) * loi
        chances /= chances.sum(axis=1, keepdims=True)
        loi = chances.mean(axis=0)
    moyennes, variances = attendre(n, d)
    assert moyennes == pytest.approx(chances @ taux, rel=1e-6)
    a, b = moyenne * concentration + n, (1 - moyenne) * concentration + d - n
    vues = chances @ taux**2 - (chances @ taux) ** 2
    assert variances == pytest.approx(np.maximum(stats.beta.var(a, b), vues), rel=1e-5)
    assert moyennes[-1] > a[-1] / (a[-1] + b[-1]), "it is alone, and not pulled back as one of them"

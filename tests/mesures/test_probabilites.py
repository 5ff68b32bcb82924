"""Exact chances of counts, against fractions: never the same way as the code."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import duckdb
import numpy as np
import pytest
from scipy.special import stdtrit

from benchmarks.simulations import mois_sans_changement
from benchmarks.statistiques import marges_separees, trouve_un_changement
from infocentre.catalogue import lire_catalogue
from infocentre.mesures import calculer_valeurs
from infocentre.mesures.probabilites import (
    chances_d_un_ecart,
    numerateurs_rouges,
    parts_certaines,
    quantile_de_student,
    retenir_ensemble,
)

UN_POUR_CENT = Fraction(1, 100)
SEUILS = sorted({un.seuils.rouge for un in lire_catalogue().indicateurs.values() if un.seuils})


def queue(numerateur: int, denominateur: int, seuil: float) -> Fraction:
    """Say the chance of at least so many anomalies when the true rate is the threshold."""
    dessous = sum(itertools.islice(termes(denominateur, seuil), numerateur))
    return 1 - Fraction(dessous, Fraction(str(seuil)).denominator ** denominateur)


def termes(denominateur: int, seuil: float) -> Iterator[int]:
    """Yield the chance of 0, 1, 2… anomalies, each over the same power of the denominator."""
    p = Fraction(str(seuil))
    oui, non = p.numerator, p.denominator - p.numerator
    terme = non**denominateur
    for k in range(denominateur + 1):
        yield terme
        terme = terme * (denominateur - k) * oui // ((k + 1) * non)


@pytest.mark.parametrize(
    ("denominateur", "seuil", "rouge", "avant", "a_partir"),
    [
        (20, 0.01, 3, 1.686, 0.100),
        (20, 0.05, 5, 1.590, 0.257),
        (20, 0.20, 9, 3.214, 0.998),
        (30, 0.05, 6, 1.564, 0.328),
        (50, 0.05, 8, 1.179, 0.319),
        (55, 0.01, 4, 1.783, 0.227),  # Wilson's bound made 2 of 55 rouge: 10.5 chances in 100
        (199, 0.15, 43, 1.293, 0.799),
        (200, 0.20, 55, 1.028, 0.657),
        (1000, 0.02, 32, 1.265, 0.751),
    ],
)
def test_the_least_rouge_numerator_by_hand(
    denominateur: int, seuil: float, rouge: int, avant: float, a_partir: float
) -> None:
    assert numerateurs_rouges(seuil, denominateur).tolist() == [rouge]
    chances = [float(queue(k, denominateur, seuil)) * 100 for k in (rouge - 1, rouge)]
    assert chances == pytest.approx([avant, a_partir], abs=0.0006)


@pytest.mark.parametrize("seuil", SEUILS)
def test_at_the_threshold_at_most_one_in_a_hundred_is_rouge(seuil: float) -> None:
    effectifs = range(20, 1001)
    seuils = [seuil] * len(effectifs)
    for n, rouge in zip(effectifs, numerateurs_rouges(seuils, effectifs).tolist(), strict=True):
        sous = [*itertools.accumulate(itertools.islice(termes(n, seuil), rouge))]
        tout = Fraction(str(seuil)).denominator ** n
        assert 100 * (tout - sous[-1]) < tout, n
        # One less would be too many: no guichet is spared either.
        assert 100 * (tout - sous[-2]) >= tout, n


@pytest.mark.parametrize(("denominateur", "seuil"), [(61_234, 0.05), (40_000, 0.002)])
def test_a_whole_departement_is_as_exact(denominateur: int, seuil: float) -> None:
    (rouge,) = numerateurs_rouges(seuil, denominateur).tolist()
    assert queue(rouge, denominateur, seuil) < UN_POUR_CENT <= queue(rouge - 1, denominateur, seuil)


def test_thresholds_that_say_everything_or_nothing() -> None:
    assert numerateurs_rouges([0, 1, 0.9], [100, 100, 20]).tolist() == [1, 101, 21]
    assert numerateurs_rouges([], []).tolist() == []


@pytest.mark.parametrize("effectif", [20, 55, 300])
def test_a_thousand_guichets_at_the_threshold(
    con: duckdb.DuckDBPyConnection, effectif: int
) -> None:
    tires = np.random.default_rng(effectif).binomial(effectif, 0.05, 1000).tolist()
    con.execute("insert into calculabilite values ('FLUX_G', '013', '2026-10', true)")
    con.execute(
        "insert into comptes select 'FLUX_G', '013', 'G' || rang, '2026-10', '2026-10', n, ? "
        "from (select unnest(?::integer[]) as n, unnest(range(1000)) as rang)",
        [effectif, tires],
    )
    calculer_valeurs(con)
    rouges = con.execute(
        "select count(*) from valeurs_calculees where niveau = 'guichet' and etat = 'rouge'"
    ).fetchone()
    assert rouges is not None
    assert rouges[0] <= 10


# --- Movements ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("avant", "apres", "chance"),
    [
        # « The lady tasting tea », 3 cups of 4 right: the tail is 17 out of 70.
        ((1, 4), (3, 4), 34 / 70),
        ((0, 4), (4, 4), 2 / 70),
        ((4, 4), (0, 4), 2 / 70),
        ((2, 20), (2, 20), 1.0),
        ((0, 30), (0, 40), 1.0),
        ((0, 0), (3, 10), 1.0),
    ],
)
def test_the_chance_of_a_gap_by_hand(
    avant: tuple[int, int], apres: tuple[int, int], chance: float
) -> None:
    assert chances_d_un_ecart(avant, apres).tolist() == pytest.approx([chance])


def test_the_chance_of_a_gap_is_the_sum_of_the_tail() -> None:
    alea = np.random.default_rng(1935)
    d_avant, d = alea.integers(1, 400, (2, 200))
    n_avant, n = alea.binomial(d_avant, 0.1), alea.binomial(d, 0.13)
    lues = chances_d_un_ecart((n_avant, d_avant), (n, d))
    for comptes, lue in zip(
        np.stack([n_avant, d_avant, n, d]).T.tolist(), lues.tolist(), strict=True
    ):
        assert lue == pytest.approx(float(chance_d_un_ecart(*comptes)), rel=1e-8), comptes


def chance_d_un_ecart(n_avant: int, d_avant: int, n: int, d: int) -> Fraction:
    tous, anomalies = d_avant + d, n_avant + n
    hausse = n * tous >= anomalies * d
    extremes = range(n, min(anomalies, d) + 1) if hausse else range(n + 1)
    sorties = sum(math.comb(anomalies, k) * math.comb(tous - anomalies, d - k) for k in extremes)
    return min(Fraction(1), 2 * Fraction(sorties, math.comb(tous, d)))


# Benjamini and Hochberg, « Controlling the false discovery rate », 1995, their own example.
QUINZE = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0000,
]


def test_four_of_the_fifteen_stand() -> None:
    assert retenir_ensemble(QUINZE).tolist() == [True] * 4 + [False] * 11
    assert retenir_ensemble(QUINZE[::-1]).tolist() == [False] * 11 + [True] * 4
    # Two at 4 %: each alone would not stand beside one at 50 %, together they do.
    assert retenir_ensemble([0.04, 0.5]).tolist() == [False, False]
    assert retenir_ensemble([0.04, 0.04]).tolist() == [True, True]
    assert retenir_ensemble([]).tolist() == []


def test_a_thousand_months_without_change_hardly_show_a_movement() -> None:
    alea = np.random.default_rng(60_000)
    montres, separes = 0, 0
    for _ in range(1000):
        avant, apres = mois_sans_changement(alea, guichets=30, indicateurs=10)
        montres += bool(retenir_ensemble(chances_d_un_ecart(avant, apres)).any())
        separes += bool(marges_separees(avant, apres).any())
    assert montres <= 50
    assert separes > 500, "two margins that do not touch were told as a movement"


def test_a_true_change_is_found_among_thousands() -> None:
    alea = np.random.default_rng(12)
    assert sum(trouve_un_changement(alea) for _ in range(20)) >= 19


def test_the_share_beyond_doubt_is_the_one_at_which_so_many_are_too_rare() -> None:
    """All of n: the share p of which pⁿ is the risk; none of n: no share."""
    parts = parts_certaines([5, 10, 0, 0], [5, 10, 10, 0], 0.001)
    assert parts == pytest.approx([0.001 ** (1 / 5), 0.001 ** (1 / 10), 0, 0], abs=1e-3)


def test_quantiles_of_student_are_those_of_scipy() -> None:
    """From a single degree to more than any number of months, and as a table prints them."""
    for degres in range(1, 200):
        for part in (0.6, 0.95, 0.999):
            assert quantile_de_student(part, degres) == pytest.approx(
                stdtrit(degres, part), rel=1e-9
            )
    assert [f"{quantile_de_student(0.95, un):.3f}" for un in (5, 11, 30)] == [
        "2.015",
        "1.796",
        "1.697",
    ]

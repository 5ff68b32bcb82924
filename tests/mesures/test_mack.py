"""Mack 1993, on the triangle of Taylor and Ashe that his paper works out."""

from __future__ import annotations

import numpy as np
import pytest

from infocentre.mesures.mack import Reels, developper, projeter

TAYLOR_ASHE = """
357848 1124788 1735330 2218270 2745596 3319994 3466336 3606286 3833515 3901463
352118 1236139 2170033 3353322 3799067 4120063 4647867 4914039 5339085
290507 1292306 2218525 3235179 3985995 4132918 4628910 4909315
310608 1418858 2195047 3757447 4029929 4381982 4588268
443160 1136350 2128333 2897821 3402672 3873311
396132 1333217 2180715 2985752 3691712
440832 1288463 2419861 3483130
359480 1421128 2864498
376686 1363294
344014
"""
RESERVES = [0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]
ERREURS = [0, 75535, 121699, 133549, 261406, 411010, 558317, 875328, 971258, 1363155]


def triangle(texte: str = TAYLOR_ASHE) -> Reels:
    lignes = [[float(mot) for mot in ligne.split()] for ligne in texte.split("\n") if ligne]
    resultat = np.full((1, len(lignes), len(lignes)), np.nan)
    for origine, montants in enumerate(lignes):
        resultat[0, origine, : len(montants)] = montants
    return resultat


def test_reserves_and_standard_errors_of_each_year_are_those_published() -> None:
    ages = np.arange(9, -1, -1)
    constates = triangle()[:, np.arange(10), ages]
    projection = projeter(constates, ages, developper(triangle()))
    assert (projection.ultimes - constates).round()[0].tolist() == RESERVES
    assert projection.erreurs.round()[0].tolist() == ERREURS
    assert (projection.ultimes - constates).sum() == pytest.approx(18_680_856, abs=0.5)


def test_standard_error_of_the_total_is_the_one_published() -> None:
    ages, dev = np.arange(9, -1, -1), developper(triangle())
    projection = projeter(triangle()[:, np.arange(10), ages], ages, dev)
    ultimes, pas = projection.ultimes[0], (2 * dev.variances / dev.facteurs**2 / dev.volumes)[0]
    variance = sum(
        projection.erreurs[0, i] ** 2 + ultimes[i] * ultimes[i + 1 :].sum() * pas[ages[i] :].sum()
        for i in range(10)
    )
    assert np.sqrt(variance) == pytest.approx(2_447_095, abs=0.5)


def test_triangles_do_not_influence_each_other() -> None:
    autre = triangle() * 3
    ensemble = developper(np.concatenate([autre, triangle(), autre]))
    assert np.allclose(ensemble.variances[1], developper(triangle()).variances[0])


def test_ages_missing_on_the_young_side_are_left_out_of_the_pairs() -> None:
    amputee = triangle()
    amputee[0, 0, :3] = np.nan
    dev = developper(amputee)
    assert dev.paires[0].tolist() == [8, 7, 6, 6, 5, 4, 3, 2, 1]
    assert dev.volumes[0, 0] == np.nansum(triangle()[0, 1:9, 0])


def test_no_projection_from_nothing_nor_through_an_unknown_step() -> None:
    vide = np.full((1, 3, 3), np.nan)
    vide[0, :, 0] = [10, 20, 30]
    ages = np.array([0, 0, 2])
    montants = np.array([[10.0, 0.0, 5.0]])
    ultimes = projeter(montants, ages, developper(vide)).ultimes[0]
    assert np.isnan(ultimes[:2]).all()
    assert ultimes[2] == 5


def test_a_variance_seen_once_is_the_least_that_the_two_before_let_expect() -> None:
    """Mack's rule: what the two announce (the second squared over the first), or the smaller one.

    The triangle of Taylor and Ashe reaches one of the three only. First, 100 to 150, 250 and 200,
    factor 2: 2 × 100 × 0.5² / 2 = 25; then 150 to 300 and 250 to 550, factor 2.125:
    150 × 0.125² + 250 × 0.075² = 3.75. Second, 90, 110 and 100 to 200, factor 2:
    (90 × (2/9)² + 110 × (2/11)²) / 2 = 400/99; then 200 to 300 and 400, factor 1.75:
    2 × 200 × 0.25² = 25, which announce 155.
    """
    calmes = triangle("100 150 300 330\n100 250 550\n100 200\n100")
    assert developper(calmes).variances[0] == pytest.approx([25, 3.75, 3.75**2 / 25])
    agites = triangle("90 200 300 330\n110 200 400\n100 200\n100")
    assert developper(agites).variances[0] == pytest.approx([400 / 99, 25, 400 / 99])

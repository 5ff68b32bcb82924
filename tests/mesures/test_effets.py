"""The effect of contacting: right in worlds where it is known, nothing where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.simulations import Signalements
from benchmarks.statistiques import tirer_effets
from infocentre.mesures.effets import Effet, Silence, Suivie, effet
from infocentre.mesures.probabilites import numerateurs_rouges
from tests.profondeur import echantillon

ORANGE, ROUGE = 0.02, 0.05
MONDES = 400


def _monde(hasard: np.random.Generator, baisse: float) -> tuple[list[Suivie], list[Suivie]]:
    """Return a year before and a year since of 120 guichets, half of the red ones contacted.

    Contacting multiplies their true rate by 1 − `baisse`; everybody's falls by a tenth.
    """
    vrais = hasard.beta(1.2, 28, 120)
    unites = hasard.integers(40, 400, 120)
    avant = hasard.binomial(unites, vrais)
    rouges = avant >= numerateurs_rouges(np.full(120, ROUGE), unites)
    contactes = rouges & (hasard.random(120) < 0.5)
    depuis = hasard.integers(40, 400, 120)
    apres = hasard.binomial(depuis, vrais * 0.9 * np.where(contactes, 1 - baisse, 1.0))
    toutes = [
        Suivie(str(rang), "BAILLEUR", "2026-01", *map(int, lu))
        for rang, lu in enumerate(zip(avant, unites, apres, depuis, strict=True))
    ]
    siennes = [une for une, oui in zip(toutes, contactes, strict=True) if oui]
    return siennes, [une for une, oui in zip(toutes, contactes, strict=True) if not oui]


def _mondes(baisse: float) -> list[Effet]:
    hasard = np.random.default_rng(14)
    lus = (effet(*_monde(hasard, baisse)) for _ in range(MONDES))
    return [un for un in lus if isinstance(un, Effet)]


@pytest.mark.parametrize("baisse", echantillon([0.2, 0.0, 0.4], 1))
def test_the_interval_holds_the_true_effect(baisse: float) -> None:
    estimes = _mondes(baisse)
    assert len(estimes) > MONDES / 2
    couverts = [un.borne_basse <= 1 - baisse <= un.borne_haute for un in estimes]
    assert sum(couverts) / len(couverts) >= 0.93
    assert np.median([un.rapport for un in estimes]) == pytest.approx(1 - baisse, abs=0.03)


def test_red_guichets_fall_by_themselves_and_that_is_no_effect() -> None:
    """A placebo: those that nobody contacted, chosen by the same rule, against the others."""
    hasard = np.random.default_rng(15)
    rapports, naifs = [], []
    for _ in range(200):
        _, temoins = _monde(hasard, 0.4)
        seuils = numerateurs_rouges([ROUGE] * len(temoins), [un.d_avant for un in temoins])
        rouges = [un.n_avant >= seuil for un, seuil in zip(temoins, seuils, strict=True)]
        choisis = [un for un, oui in zip(temoins, rouges, strict=True) if oui]
        lu = effet(choisis, [un for un, oui in zip(temoins, rouges, strict=True) if not oui])
        if isinstance(lu, Effet):
            rapports.append(lu.rapport)
            avant = sum(un.n_avant / un.d_avant * un.d for un in choisis)
            naifs.append(sum(un.n for un in choisis) / avant)
    assert np.mean(rapports) == pytest.approx(1, abs=0.04)
    assert np.mean(naifs) < 0.85  # what a comparison with the year before would have boasted of


@pytest.mark.parametrize("commune", echantillon([1.0, 0.0], 1))
def test_guichets_that_drift_by_themselves_are_in_the_interval(commune: float) -> None:
    """A year of 30 % of drift: a contact that does nothing is said to do something 1 in 20 times.

    With counting and the trend alone in the interval it held 70 %, and 53 % when the indicators of
    a guichet drift at once.
    """
    lus = tirer_effets(Signalements(derive=0.3, commune=commune, contactees=20), 100)
    estimes = [un for un in lus if isinstance(un, Effet)]
    assert len(estimes) >= 95
    assert sum(un.net for un in estimes) <= 5
    assert np.median([un.derive for un in estimes]) == pytest.approx(0.3, abs=0.08)


def test_an_interval_stays_useful_where_nothing_drifts() -> None:
    lus = tirer_effets(Signalements(contactees=20, baisse=0.4), 50)
    estimes = [un for un in lus if isinstance(un, Effet)]
    assert len(estimes) == 50
    assert sum(un.borne_haute < 1 for un in estimes) >= 45, "four tenths less are seen"


def _revenus(part: float) -> tuple[list[Suivie], list[Suivie]]:
    """Return 40 guichets whose distances from 5 % are `part` of what they were, no chance in it."""
    unites = 100_000
    suivies = []
    for rang in range(40):
        distance = (rang - 19.5) / 20
        n_avant, n = (round(unites * 0.05 * np.exp(k * distance)) for k in (1, part))
        suivies.append(Suivie(str(rang), "x", "", n_avant, unites, n, unites))
    return suivies[:30:3] + suivies[30::2], suivies[1:30:3] + suivies[2:30:3] + suivies[31::2]


def test_those_that_were_high_come_back_as_far_as_others_did() -> None:
    """All are half as far from the others as they were: that the high ones fell is no effect."""
    contactees, temoins = _revenus(0.5)
    lu = effet(contactees[10:], temoins)
    assert isinstance(lu, Effet)
    avant = sum(un.n_avant for un in contactees[10:])
    assert lu.observees / avant < 0.75
    assert lu.rapport == pytest.approx(1, abs=0.02)


def _pareilles(nombre: int, n_avant: int, n: int, d: int = 100) -> list[Suivie]:
    return [Suivie(f"{n}/{rang}", "x", "", n_avant, 100, n, d) for rang in range(nombre)]


def test_what_cannot_be_estimated_is_refused_with_its_reason() -> None:
    temoins = _pareilles(10, 10, 10)
    assert effet(_pareilles(4, 10, 5), temoins) is Silence.CONTACTEES
    assert effet(_pareilles(5, 10, 0, d=0), temoins) is Silence.CONTACTEES
    assert effet(_pareilles(5, 10, 5), temoins[:9]) is Silence.TEMOINS
    assert effet(_pareilles(5, 10, 5), _pareilles(10, 10, 0, d=0)) is Silence.TEMOINS
    assert isinstance(effet(_pareilles(5, 10, 5), temoins), Effet)


def test_a_drift_as_large_as_rates_themselves_is_refused() -> None:
    """One in four of those not contacted came to four times what it was, three to nothing."""
    temoins = [
        Suivie(str(rang), "x", "", 1_000, 10_000, 4_000 * (rang % 4 == 0), 10_000)
        for rang in range(40)
    ]
    contactees = [Suivie(f"c{rang}", "x", "", 1_000, 10_000, 900, 10_000) for rang in range(6)]
    assert effet(contactees, temoins) is Silence.DERIVE


def test_those_contacted_are_not_judged_by_others_that_are_nothing_like_them() -> None:
    """All at 30 % are contacted, nobody else is over 1 %."""
    hasard = np.random.default_rng(28)
    taux = np.where(np.arange(100) < 8, 0.3, 0.003)
    avant, apres = hasard.binomial(150, taux, (2, 100)).tolist()
    toutes = [
        Suivie(str(rang), "x", "", n_avant, 150, n, 150)
        for rang, (n_avant, n) in enumerate(zip(avant, apres, strict=True))
    ]
    assert effet(toutes[:8], toutes[8:]) is Silence.DISSEMBLABLES


def test_by_hand() -> None:
    """Rates that do not differ: all are expected to stay at 10 %, and theirs halved."""
    lu = effet(_pareilles(6, 10, 5), _pareilles(30, 10, 10))
    assert isinstance(lu, Effet)
    assert (lu.nombre, lu.observees) == (6, 30)
    assert lu.attendues == pytest.approx(60, rel=1e-3)
    assert lu.rapport == pytest.approx(0.5, rel=1e-3)
    assert lu.net
    assert lu.derive == 0

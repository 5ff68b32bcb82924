"""The effect of contacting: right in worlds where it is known, nothing where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from infocentre.mesures.effets import Effet, Suivie, effet
from infocentre.mesures.probabilites import numerateurs_rouges

ORANGE, ROUGE = 0.02, 0.05
MONDES = 1_000


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
        Suivie("BAILLEUR", *map(int, lu)) for lu in zip(avant, unites, apres, depuis, strict=True)
    ]
    siennes = [une for une, oui in zip(toutes, contactes, strict=True) if oui]
    return siennes, [une for une, oui in zip(toutes, contactes, strict=True) if not oui]


def _mondes(baisse: float) -> list[Effet]:
    hasard = np.random.default_rng(14)
    lus = (effet(*_monde(hasard, baisse)) for _ in range(MONDES))
    return [un for un in lus if un is not None]


@pytest.mark.parametrize("baisse", [0.0, 0.2, 0.4])
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
        if lu:
            rapports.append(lu.rapport)
            avant = sum(un.n_avant / un.d_avant * un.d for un in choisis)
            naifs.append(sum(un.n for un in choisis) / avant)
    assert np.mean(rapports) == pytest.approx(1, abs=0.04)
    assert np.mean(naifs) < 0.85  # what a comparison with the year before would have boasted of


def test_nothing_is_said_under_five() -> None:
    une = Suivie("COMMUNE", 10, 100, 5, 100)
    assert effet([une] * 4, [une] * 20) is None
    assert effet([une] * 5, [une] * 20) is not None
    assert effet([Suivie("COMMUNE", 10, 100, 0, 0)] * 5, []) is None


def test_by_hand() -> None:
    """Rates that do not differ: all are expected to stay at 10 %, and theirs halved."""
    contactees = [Suivie("x", 10, 100, 5, 100)] * 6
    lu = effet(contactees, [Suivie("x", 10, 100, 10, 100)] * 30)
    assert lu is not None
    assert (lu.nombre, lu.observees) == (6, 30)
    assert lu.attendues == pytest.approx(60)
    assert lu.rapport == pytest.approx(0.5)
    assert lu.net

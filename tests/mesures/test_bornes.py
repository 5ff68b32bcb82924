"""The programs behind what is masked: asked again and again, they say what a new one would."""

from __future__ import annotations

import itertools
import random

import pytest

from infocentre.mesures.bornes import Complements, Etendues
from infocentre.mesures.secret import Signes

COTE = 4


def _croise(alea: random.Random) -> tuple[list[Signes], list[int], list[float]]:
    """Return a table of rows and columns, with their totals: sums, counts, prices."""
    rang = {une: un for un, une in enumerate(itertools.product(range(COTE + 1), repeat=2))}
    comptes = {une: alea.randint(1, 30) for une in itertools.product(range(COTE), repeat=2)}
    valeurs = [
        sum(un for (i, j), un in comptes.items() if ligne in {i, COTE} and colonne in {j, COTE})
        for ligne, colonne in rang
    ]
    sommes = [
        {rang[i, COTE]: 1} | {rang[i, j]: -1 for j in range(COTE)} for i in range(COTE + 1)
    ] + [{rang[COTE, j]: 1} | {rang[i, j]: -1 for i in range(COTE)} for j in range(COTE + 1)]
    return sommes, valeurs, [alea.uniform(1, 9) for _ in valeurs]


@pytest.mark.parametrize("graine", range(8))
def test_what_was_asked_before_changes_no_answer(graine: int) -> None:
    alea = random.Random(graine)  # noqa: S311 - invented counts
    monde = sommes, valeurs, _ = _croise(alea)
    sert, masquees = Complements(*monde), set[int]()
    for _ in range(60):
        cle = alea.randrange(len(valeurs))
        masquees.add(cle)
        tenues = set(alea.sample(range(len(valeurs)), 4)) - {cle}
        entre = alea.choice([None, (1, 10)])
        bougent = sert.pour(cle, masquees, tenues, entre)
        neuf = Complements(*monde).pour(cle, masquees, tenues, entre)
        assert bougent - masquees == neuf - masquees
        assert bool(bougent) == bool(neuf)
        assert bougent.isdisjoint(tenues)
        # Every sum of which one cell moves has another one that makes up for it.
        assert all(len(bougent & une.keys()) != 1 for une in sommes)
        masquees |= bougent if alea.random() < 1 / 2 else set()


def test_who_knows_the_rest_of_a_sum_finds_that_its_ones_are_ones() -> None:
    """By hand: 1 + 1 + 8 = 10 and 1 + 1 + 7 = 9 may be 2 + 1 + 7 and 2 + 1 + 6."""
    sommes: list[Signes] = [{0: -1, 1: -1, 2: -1}, {0: -1, 1: -1, 3: -1}]
    une = Etendues(sommes, [1, 1, 8, 7], {0: 1, 1: 1, 2: 1, 3: 1}, 10)
    assert une.decollees({0, 1}, set()) == {0, 1}
    assert une.decollees({0, 1}, {2}) == set()
    assert une.decollees({0, 1}, set()) == {0, 1}, "what was held is let go"


@pytest.mark.parametrize("graine", range(8))
def test_what_is_asked_of_many_at_once_is_what_is_asked_of_each(graine: int) -> None:
    alea = random.Random(graine)  # noqa: S311 - invented counts
    valeurs = [alea.choice((1, 1, 5, 9)) for _ in range(COTE * COTE)]
    lignes = [range(COTE * i, COTE * (i + 1)) for i in range(COTE)]
    colonnes = [range(j, COTE * COTE, COTE) for j in range(COTE)]
    sommes: list[Signes] = [dict.fromkeys(une, -1) for une in (*lignes, *colonnes)]
    lue = Etendues(sommes, valeurs, dict.fromkeys(range(COTE * COTE), 1), 10)
    unes = {cle for cle, un in enumerate(valeurs) if un == 1}
    for nombre in (0, 4, 8):
        sues = set(alea.sample(range(COTE * COTE), nombre))
        seules = {cle for cle in unes - sues if lue.decollees({cle}, sues)}
        assert lue.decollees(unes - sues, sues) == seules

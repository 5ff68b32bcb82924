"""The program that names what to mask: asked again and again, it says what a new one would."""

from __future__ import annotations

import itertools
import random

import pytest

from infocentre.mesures.bornes import Complements
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

"""Which masked counts a linear program pins, for a reader who knows that each is 1 at least.

Bounds that are passed on from one sum to the next find most of them; this finds the others.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

Vecteur = npt.NDArray[np.float64]
# A sum reduced to its masked cells: 1 for the total, -1 for a part.
Signes = Mapping[Hashable, int]
_AUTREMENT = 0.01  # a count that may be that much more or less is not found
_FOIS = 10.0


def epinglees(reduites: Sequence[Signes], valeurs: Mapping[Any, int]) -> frozenset[Any]:
    """Return the cells of these sums that can be nothing else than what they are.

    Each program weighs at random the cells that no other one has moved so far: when none moves
    upwards nor downwards, there is no way to move them.
    """
    cles = sorted({cle for signes in reduites for cle in signes}, key=str)
    if not cles:
        return frozenset()
    programme = _Programme(cles, reduites, valeurs)
    hasard = np.random.default_rng(1)
    fixes = np.ones(len(cles), dtype=bool)
    sens, calmes = 1.0, 0
    while fixes.any() and calmes < 2:  # noqa: PLR2004 - upwards and downwards
        poids = np.where(fixes, sens * hasard.uniform(1, 2, len(cles)), 0.0)
        mobiles = fixes & programme.mobiles(poids)
        fixes &= ~mobiles
        calmes = 0 if mobiles.any() else calmes + 1
        sens = -sens
    return frozenset(cles[rang] for rang in np.flatnonzero(fixes))


class _Programme:
    """The counts that readers cannot rule out."""

    def __init__(
        self, cles: Sequence[Hashable], reduites: Collection[Signes], valeurs: Mapping[Any, int]
    ) -> None:
        rangs = {cle: rang for rang, cle in enumerate(cles)}
        self.vraies = np.array([valeurs[cle] for cle in cles], dtype=float)
        self._rangs = np.arange(len(cles), dtype=np.int32)
        modele = highspy.HighsLp()
        modele.num_col_, modele.num_row_ = len(cles), len(reduites)
        modele.col_cost_ = np.zeros(len(cles))
        modele.col_lower_ = np.minimum(self.vraies, 1)
        modele.col_upper_ = np.full(len(cles), _FOIS * self.vraies.max())
        matrice = modele.a_matrix_
        matrice.format_ = highspy.MatrixFormat.kRowwise
        matrice.num_col_, matrice.num_row_ = len(cles), len(reduites)
        matrice.start_ = np.cumsum([0, *(len(une) for une in reduites)])
        matrice.index_ = np.array([rangs[cle] for une in reduites for cle in une])
        matrice.value_ = np.array([float(fois) for une in reduites for fois in une.values()])
        egales = [sum(fois * valeurs[cle] for cle, fois in une.items()) for une in reduites]
        modele.row_lower_ = modele.row_upper_ = np.array(egales, dtype=float)
        self._highs = highspy.Highs()
        self._highs.silent()
        self._highs.passModel(modele)

    def mobiles(self, poids: Vecteur) -> npt.NDArray[np.bool_]:
        """Return the cells that are something else where `poids` make the least.

        The solver goes on from where it found the least of the weights before.
        """
        self._highs.changeColsCost(len(poids), self._rangs, poids)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return np.zeros(len(poids), dtype=bool)
        lues = np.array(self._highs.getSolution().col_value)
        return np.asarray(np.abs(lues - self.vraies) > _AUTREMENT)

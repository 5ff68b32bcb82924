"""Which masked counts a linear program pins, for a reader who knows that each is 1 at least.

Bounds that are passed on from one sum to the next find most of them; this finds the others.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

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
        from scipy.optimize import Bounds, LinearConstraint  # half a second
        from scipy.sparse import coo_array

        rangs = {cle: rang for rang, cle in enumerate(cles)}
        self.vraies = np.array([valeurs[cle] for cle in cles], dtype=float)
        lignes = [
            (n, rangs[cle], fois) for n, une in enumerate(reduites) for cle, fois in une.items()
        ]
        n, colonnes, fois = zip(*lignes, strict=True)
        matrice = coo_array((fois, (n, colonnes)), shape=(len(reduites), len(cles))).tocsr()
        egales = matrice @ self.vraies
        self.contraintes = LinearConstraint(matrice, egales, egales)
        self.limites = Bounds(np.minimum(self.vraies, 1), _FOIS * self.vraies.max())

    def mobiles(self, poids: Vecteur) -> npt.NDArray[np.bool_]:
        """Return the cells that are something else where `poids` make the least."""
        from scipy.optimize import milp

        lu = milp(poids, bounds=self.limites, constraints=self.contraintes)
        if lu.x is None:
            return np.zeros(len(poids), dtype=bool)
        return np.asarray(np.abs(lu.x - self.vraies) > _AUTREMENT)

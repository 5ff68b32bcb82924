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
_HORS_DE_PRIX = 1e6


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


class Complements:
    """The cheapest cells to mask beside masked ones, for each to have a way to move.

    A cell is a rank among `valeurs`; a sum is (total, *parts). To move costs its price where a
    cell is visible, nothing where it is masked; a cell that is worth 0 stays where it is.
    """

    def __init__(
        self, sommes: Sequence[Sequence[int]], valeurs: Sequence[int], prix: Sequence[float]
    ) -> None:
        vraies, self._nombre = np.array(valeurs, dtype=float), len(valeurs)
        self._prix = np.minimum(prix, _HORS_DE_PRIX)
        # A cell goes up, by the first half of the columns, or down, to 1 at least.
        en_haut = np.where(vraies > 0, _FOIS * vraies.max(initial=0), 0.0)
        self._limites = np.concatenate([en_haut, np.maximum(vraies - 1, 0)])
        lignes = []
        for total, *parts in sommes:
            ligne = {total: 1, total + self._nombre: -1}
            ligne |= dict.fromkeys(parts, -1)
            ligne |= dict.fromkeys((part + self._nombre for part in parts), 1)
            lignes.append(ligne)
        self._highs = _solveur(lignes, np.zeros(len(lignes)), 0.0 * self._limites, self._limites)

    def pour(self, cle: int, masquees: Collection[int]) -> frozenset[int]:
        """Return the cells that move with this one when it moves by 1, none when it cannot."""
        couts = self._prix.copy()
        couts[list(masquees)] = 0.0
        self._highs.changeColsCost(2 * len(couts), _rangs(2 * len(couts)), np.tile(couts, 2))
        moindre, bougent = np.inf, frozenset[int]()
        for colonne, contraire in ((cle, cle + self._nombre), (cle + self._nombre, cle)):
            if self._limites[colonne] >= 1:
                self._highs.changeColBounds(colonne, 1.0, 1.0)
                self._highs.changeColBounds(contraire, 0.0, 0.0)
                pas = _resoudre(self._highs)
                if pas is not None and (cout := self._highs.getObjectiveValue()) < moindre:
                    net = np.abs(pas[: self._nombre] - pas[self._nombre :])
                    moindre = cout
                    bougent = frozenset(np.flatnonzero(net > _AUTREMENT).tolist())
                for une in (colonne, contraire):
                    self._highs.changeColBounds(une, 0.0, self._limites[une])
        return bougent


class _Programme:
    """The counts that readers cannot rule out."""

    def __init__(
        self, cles: Sequence[Hashable], reduites: Collection[Signes], valeurs: Mapping[Any, int]
    ) -> None:
        rangs = {cle: rang for rang, cle in enumerate(cles)}
        self.vraies = np.array([valeurs[cle] for cle in cles], dtype=float)
        egales = [sum(fois * valeurs[cle] for cle, fois in une.items()) for une in reduites]
        self._highs = _solveur(
            [{rangs[cle]: fois for cle, fois in une.items()} for une in reduites],
            np.array(egales, dtype=float),
            np.minimum(self.vraies, 1),
            np.full(len(cles), _FOIS * self.vraies.max()),
        )

    def mobiles(self, poids: Vecteur) -> npt.NDArray[np.bool_]:
        """Return the cells that are something else where `poids` make the least."""
        self._highs.changeColsCost(len(poids), _rangs(len(poids)), poids)
        lues = _resoudre(self._highs)
        if lues is None:
            return np.zeros(len(poids), dtype=bool)
        return np.asarray(np.abs(lues - self.vraies) > _AUTREMENT)


def _solveur(
    lignes: Sequence[Mapping[int, int]], egales: Vecteur, bas: Vecteur, haut: Vecteur
) -> highspy.Highs:
    """Return a program without costs yet: each row adds up to its value, columns in their bounds.

    From one run to the next, it goes on from where it was.
    """
    modele = highspy.HighsLp()
    modele.num_col_, modele.num_row_ = len(bas), len(lignes)
    modele.col_cost_ = np.zeros(len(bas))
    modele.col_lower_, modele.col_upper_ = bas, haut
    modele.row_lower_ = modele.row_upper_ = egales
    matrice = modele.a_matrix_
    matrice.format_ = highspy.MatrixFormat.kRowwise
    matrice.num_col_, matrice.num_row_ = len(bas), len(lignes)
    matrice.start_ = np.cumsum([0, *(len(une) for une in lignes)])
    matrice.index_ = np.array([rang for une in lignes for rang in une])
    matrice.value_ = np.array([fois for une in lignes for fois in une.values()], dtype=float)
    highs = highspy.Highs()
    highs.silent()
    highs.passModel(modele)
    return highs


def _resoudre(highs: highspy.Highs) -> Vecteur | None:
    """Return where the costs are least, None when nothing is possible."""
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(highs.getSolution().col_value)


def _rangs(nombre: int) -> npt.NDArray[np.int32]:
    return np.arange(nombre, dtype=np.int32)

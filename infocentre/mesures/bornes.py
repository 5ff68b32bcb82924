"""Which masked counts a linear program finds stuck at 1, the least that readers know them to be.

Bounds that are passed on from one sum to the next find most of them; this finds the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

import highspy
import numpy as np
import numpy.typing as npt

Vecteur = npt.NDArray[np.float64]
# A sum reduced to its masked cells: 1 for the total, -1 for a part.
Signes = Mapping[int, int]
_AUTREMENT = 0.01  # a count that may be that much more or less is not found
_FOIS = 10.0
_HORS_DE_PRIX = 1e6


class Planchers:
    """Masked counts that nothing takes off the least that they are known to be.

    A cell is a rank among `valeurs`; those above 1 are off it. A program takes as many of the
    others as it can, each by 1 at most so that none counts for many, until it takes no more.
    """

    def __init__(self, reduites: Sequence[Signes], valeurs: Sequence[int]) -> None:
        self._cles = list(dict.fromkeys(cle for signes in reduites for cle in signes))
        self._au_plus_bas = [cle for cle in self._cles if valeurs[cle] <= 1]
        self._rangs = {cle: rang for rang, cle in enumerate(self._cles)}
        self._marges = {cle: len(self._cles) + rang for rang, cle in enumerate(self._au_plus_bas)}
        vraies = np.array([valeurs[cle] for cle in self._cles], dtype=float)
        sans = np.zeros(len(self._marges))
        self._vraies = np.concatenate([vraies, sans])
        self._bas = np.concatenate([np.minimum(vraies, 1), sans])
        self._haut = np.concatenate([np.full(len(vraies), _FOIS * vraies.max(initial=0)), sans + 1])
        lignes = [
            {
                ou[cle]: fois
                for ou in (self._rangs, self._marges)
                for cle, fois in une.items()
                if cle in ou
            }
            for une in reduites
        ]
        self._highs = _solveur(
            lignes,
            [une.values() for une in lignes],
            np.array(
                [sum(fois * valeurs[cle] for cle, fois in une.items()) for une in reduites], float
            ),
            self._bas,
            self._haut,
        )
        self._highs.setOptionValue("presolve", "off")  # it costs more than it saves

    def collees(self) -> frozenset[int]:
        """Return those cells."""
        return frozenset(self._au_plus_bas) - self.decollees(self._au_plus_bas)

    def decollees(self, parmi: Collection[int], sues: Collection[int] = ()) -> set[int]:
        """Return those of some cells that come off, to who knows others (`sues`) besides."""
        tenues = [ou[cle] for cle in sues for ou in (self._rangs, self._marges) if cle in ou]
        self._borner(tenues, self._vraies, self._vraies)
        restent, voulues = set(parmi) - set(sues), len(self._vraies)
        decollees = {cle for cle in restent if cle not in self._marges}
        restent -= decollees
        while restent:
            couts = np.zeros(voulues)
            couts[[self._marges[cle] for cle in restent]] = -1.0
            self._highs.changeColsCost(voulues, _rangs(voulues), couts)
            pas = _resoudre(self._highs)
            if pas is None:
                break
            neuves = {
                cle
                for cle in restent
                if pas[self._rangs[cle]] + pas[self._marges[cle]] > 1 + _AUTREMENT
            }
            if not neuves:
                break
            restent -= neuves
            decollees |= neuves
        self._borner(tenues, self._bas, self._haut)
        return decollees

    def _borner(self, colonnes: Sequence[int], bas: Vecteur, haut: Vecteur) -> None:
        for une in colonnes:
            self._highs.changeColBounds(une, bas[une], haut[une])


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
        signes = [[1, -1, *[-1] * (len(une) - 1), *[1] * (len(une) - 1)] for une in sommes]
        colonnes = [
            [total, total + self._nombre, *parts, *(part + self._nombre for part in parts)]
            for total, *parts in sommes
        ]
        self._highs = _solveur(
            colonnes, signes, np.zeros(len(sommes)), 0.0 * self._limites, self._limites
        )

    def pour(
        self, cle: int, masquees: Collection[int], immobiles: Collection[int] = ()
    ) -> frozenset[int]:
        """Return the cells that move with this one when it moves by 1, none when it cannot.

        The `immobiles` do not move.
        """
        tenues = [un for une in immobiles for un in (une, une + self._nombre)]
        for une in tenues:
            self._highs.changeColBounds(une, 0.0, 0.0)
        try:
            return self._bouger(cle, masquees)
        finally:
            for une in tenues:
                self._highs.changeColBounds(une, 0.0, self._limites[une])

    def _bouger(self, cle: int, masquees: Collection[int]) -> frozenset[int]:
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


def _solveur(
    lignes: Sequence[Collection[int]],
    signes: Sequence[Collection[int]],
    egales: Vecteur,
    bas: Vecteur,
    haut: Vecteur,
) -> highspy.Highs:
    """Return a program without costs yet: each row adds up to its value, columns in their bounds.

    `lignes`: the columns of each row; `signes`: how many times each. From one run to the next, it
    goes on from where it was.
    """
    modele = highspy.HighsLp()
    modele.num_col_, modele.num_row_ = len(bas), len(lignes)
    modele.col_cost_ = np.zeros(len(bas))
    modele.col_lower_, modele.col_upper_ = bas, haut
    modele.row_lower_ = modele.row_upper_ = egales
    matrice = modele.a_matrix_
    matrice.format_ = highspy.MatrixFormat.kRowwise
    matrice.num_col_, matrice.num_row_ = len(bas), len(lignes)
    matrice.start_ = np.cumsum([0, *map(len, lignes)])
    matrice.index_ = np.array([*chain.from_iterable(lignes)])
    matrice.value_ = np.array([*chain.from_iterable(signes)], dtype=float)
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

"""Of which small masked counts a linear program finds more than « s » tells, and what widens them.

« s » tells that a count is 1 at least, a total of three of them 3, and everybody knows the
threshold: a small count is safe while a reader can rule out neither this floor nor the threshold
less one. Bounds that are passed on from one sum to the next find most of those that are not; this
finds the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from operator import itemgetter

import highspy
import numpy as np
import numpy.typing as npt

Vecteur = npt.NDArray[np.float64]
# A sum reduced to its masked cells: 1 for the total, -1 for a part.
Signes = Mapping[int, int]
_AUTREMENT = 0.01  # a count that may be that much more or less is not found
_FOIS = 10.0
_HORS_DE_PRIX = 1e6


class Etendues:
    """Which small masked counts may be as little, and as many, as « s » says.

    A cell is a rank among `valeurs`, `planchers` has those of the small ones. A program takes as
    many of them as it can to `plafond`, then to their floor, none further so that none counts for
    many; then each that is left, alone.
    """

    def __init__(
        self,
        reduites: Sequence[Signes],
        valeurs: Sequence[int],
        planchers: Mapping[int, int],
        plafond: int,
    ) -> None:
        cles = list(dict.fromkeys(cle for signes in reduites for cle in signes))
        self._valeurs, self._planchers, self._plafond = valeurs, planchers, plafond
        self._rangs = {cle: rang for rang, cle in enumerate(cles)}
        self.cellules = frozenset(cles)
        # A small count is what it has at least, and what it has besides, up to `plafond`.
        siennes = [cle for cle in cles if cle in planchers]
        self._marges = {cle: len(cles) + rang for rang, cle in enumerate(siennes)}
        vraies, sans = np.array([valeurs[cle] for cle in cles], float), np.zeros(len(siennes))
        self._vraies = np.concatenate([vraies, sans])
        self._bas = np.concatenate([np.minimum(vraies, 1), sans])
        self._haut = np.concatenate(
            [np.full(len(cles), _FOIS * vraies.max(initial=0)), sans + plafond - 1]
        )
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

    def larges(self, parmi: Collection[int]) -> frozenset[int]:
        """Return those of some small cells of which no more is told."""
        larges = frozenset(parmi)
        for sens in (-1, 1):
            larges = self._atteindre(larges, sens)
        return larges

    def decollees(self, parmi: Collection[int], sues: Collection[int]) -> set[int]:
        """Return those of some cells of 1 that may be more to who knows others (`sues`)."""
        tenues = [
            ou[cle]
            for cle in self.cellules.intersection(sues)
            for ou in (self._rangs, self._marges)
            if cle in ou
        ]
        self._borner(tenues, self._vraies, self._vraies)
        restent, bougent = set(parmi), set[int]()
        while restent:
            lue = self._tirer(restent, -1)
            neuves = {cle for cle in restent & lue.keys() if lue[cle] > 1 + _AUTREMENT}
            if not neuves:
                break
            restent -= neuves
            bougent |= neuves
        self._borner(tenues, self._bas, self._haut)
        return bougent

    def _atteindre(self, voulues: Collection[int], sens: int) -> frozenset[int]:
        """Return those that may be `plafond` at least (-1), or at their floor (1)."""
        restent = {cle for cle in voulues if not self._y_est(cle, self._valeurs[cle], sens)}
        neuves = restent
        while neuves:
            lue = self._tirer(restent, sens)
            neuves = {cle for cle in restent & lue.keys() if self._y_est(cle, lue[cle], sens)}
            restent -= neuves
        perdues = set[int]()
        while restent:
            perdues.add(cle := min(restent))
            lue = self._tirer([cle], sens)
            perdues -= {une for une in perdues & lue.keys() if self._y_est(une, lue[une], sens)}
            restent -= {une for une in restent & lue.keys() if self._y_est(une, lue[une], sens)}
            restent.discard(cle)
        return frozenset(voulues) - perdues

    def _tirer(self, cles: Collection[int], sens: int) -> dict[int, float]:
        """Pull some cells one way, not quite alike so that none stays for another; return all."""
        siennes = sorted(cles)
        couts = np.zeros(len(self._vraies))
        poids = sens * (1 + np.arange(len(siennes)) / (7 * len(siennes)))
        couts[[self._marges[cle] for cle in siennes]] = poids
        if sens > 0:
            couts[[self._rangs[cle] for cle in siennes]] = poids
        self._highs.changeColsCost(len(couts), _rangs(len(couts)), couts)
        pas = _resoudre(self._highs)
        if pas is None:
            return {}
        return {cle: pas[self._rangs[cle]] + pas[marge] for cle, marge in self._marges.items()}

    def _y_est(self, cle: int, valeur: float, sens: int) -> bool:
        if sens > 0:
            return valeur < self._planchers[cle] + _AUTREMENT
        return valeur > self._plafond - _AUTREMENT

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
        self._valeurs = valeurs
        self._tenues = frozenset[int]()
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
        self,
        cle: int,
        masquees: Collection[int],
        immobiles: Collection[int] = (),
        entre: tuple[int, int] | None = None,
    ) -> frozenset[int]:
        """Return the cells that move with this one, none when it cannot.

        It goes to the least and to the greatest that are asked, where it can; else by 1, one way.
        The `immobiles` do not move.
        """
        self._tenir(frozenset(immobiles))
        if entre and (bougent := self._etendre(cle, masquees, entre)):
            return bougent
        sens = filter(None, (self._bouger(cle, un, masquees) for un in (1, -1)))
        return min(sens, key=itemgetter(0), default=(0.0, frozenset[int]()))[1]

    def _tenir(self, immobiles: frozenset[int]) -> None:
        """Hold these cells and no others: one reader after the other asks for many."""
        for cle in immobiles ^ self._tenues:
            for une in (cle, cle + self._nombre):
                haut = 0.0 if cle in immobiles else self._limites[une]
                self._highs.changeColBounds(une, 0.0, haut)
        self._tenues = immobiles

    def _etendre(
        self, cle: int, masquees: Collection[int], entre: tuple[int, int]
    ) -> frozenset[int]:
        """Return what moves with a cell all the way, none when that takes what is out of price."""
        bougent, (bas, haut) = frozenset[int](), entre
        for sens, but in ((1, haut), (-1, bas)):
            combien = sens * (but - self._valeurs[cle])
            if combien <= 0:
                continue
            siennes = bougent.union(masquees)
            trouve = self._bouger(cle, sens, siennes, combien)
            if trouve and trouve[0] < _HORS_DE_PRIX:
                bougent |= trouve[1]
        return bougent

    def _bouger(
        self, cle: int, sens: int, masquees: Collection[int], combien: float = 1.0
    ) -> tuple[float, frozenset[int]] | None:
        """Return what it costs to move a cell so far one way, and those that move; None if not."""
        colonne, contraire = (cle, cle + self._nombre)[::sens]
        if self._limites[colonne] < combien:
            return None
        couts = self._prix.copy()
        couts[list(masquees)] = 0.0
        self._highs.changeColBounds(colonne, combien, combien)
        self._highs.changeColBounds(contraire, 0.0, 0.0)
        pas = self._resoudre(np.tile(couts, 2))
        for une in (colonne, contraire):
            self._highs.changeColBounds(une, 0.0, self._limites[une])
        if pas is None:
            return None
        net = np.abs(pas[: self._nombre] - pas[self._nombre :])
        bougent = frozenset(np.flatnonzero(net > _AUTREMENT).tolist())
        return self._highs.getObjectiveValue(), bougent

    def _resoudre(self, couts: Vecteur) -> Vecteur | None:
        self._highs.changeColsCost(len(couts), _rangs(len(couts)), couts)
        return _resoudre(self._highs)


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

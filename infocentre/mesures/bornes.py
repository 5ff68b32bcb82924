"""Of which small masked counts a linear program finds more than « s » tells, and what widens them.

« s » tells that a count is 1 at least, a total of three of them 3, and everybody knows the
threshold: a small count is safe while a reader can rule out neither this floor nor the threshold
less one. Bounds that are passed on from one sum to the next find most of those that are not; this
finds the others.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

import highspy
import numpy as np
import numpy.typing as npt

Vecteur = npt.NDArray[np.float64]
# A sum reduced to its masked cells: 1 for the total, -1 for a part.
Signes = Mapping[int, int]
_AUTREMENT = 0.01  # a count that may be that much more or less is not found
_UN_PEU = 10 * _AUTREMENT
_FOIS = 10.0
_HORS_DE_PRIX = 1e6
_PRIMAL = 4  # of the strategies of HiGHS


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
        self._reduites = reduites
        # What was found of its cells: wide ones, narrow ones.
        self._jugees: dict[int, bool] = {}
        # Bounds passed on from one sum to the next are all that there is to know of a tree.
        self._arbre = sum(map(len, reduites)) < len(cles) + len(reduites)

    @functools.cached_property
    def _highs(self) -> highspy.Highs:
        lignes = [
            {
                ou[cle]: fois
                for ou in (self._rangs, self._marges)
                for cle, fois in une.items()
                if cle in ou
            }
            for une in self._reduites
        ]
        egales = [
            sum(fois * self._valeurs[cle] for cle, fois in une.items()) for une in self._reduites
        ]
        highs = _solveur(
            lignes,
            [une.values() for une in lignes],
            np.array(egales, dtype=float),
            self._bas,
            self._haut,
        )
        # From one run to the next costs alone change: where it was is still possible.
        highs.setOptionValue("simplex_strategy", _PRIMAL)
        return highs

    def larges(self, parmi: Collection[int]) -> frozenset[int]:
        """Return those of some small cells of which no more is told."""
        if self._arbre:
            return frozenset(parmi)
        neuves = larges = frozenset(cle for cle in parmi if cle not in self._jugees)
        for sens in (-1, 1):
            larges = self._atteindre(larges, sens)
        self._jugees |= {cle: cle in larges for cle in neuves}
        return frozenset(cle for cle in parmi if self._jugees[cle])

    def decollees(self, parmi: Collection[int], sues: Collection[int]) -> set[int]:
        """Return those of some cells of 1 that may be more to who knows others (`sues`)."""
        if self._arbre:
            return set(parmi)
        tenues = [
            ou[cle]
            for cle in self.cellules.intersection(sues)
            for ou in (self._rangs, self._marges)
            if cle in ou
        ]
        self._borner(tenues, self._vraies, self._vraies)
        # A little is all that is asked of each: none takes what lets another one move.
        marges = [self._marges[cle] for cle in parmi]
        self._borner(marges, self._bas, np.minimum(self._haut, _UN_PEU))
        restent, bougent = set(parmi), set[int]()
        while restent:
            lue = self._tirer(restent, -1)
            neuves = {cle for cle in restent & lue.keys() if lue[cle] > 1 + _AUTREMENT}
            if not neuves:
                break
            restent -= neuves
            bougent |= neuves
        self._borner([*tenues, *marges], self._bas, self._haut)
        return bougent

    def _atteindre(self, voulues: Collection[int], sens: int) -> frozenset[int]:
        """Return those that may be `plafond` at least (-1), or at their floor (1)."""
        restent = {cle for cle in voulues if not self._y_est(cle, self._valeurs[cle], sens)}
        neuves = restent
        while restent and neuves:
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

    The sums hang together, reduced to the cells that may move: those worth 0, or less (more
    was taken out than entered since), and those that are known do not. A
    cell is a rank among `valeurs`. To move costs its price where it is visible, nothing where it is
    masked.
    """

    def __init__(
        self, reduites: Sequence[Signes], valeurs: Sequence[int], prix: Sequence[float]
    ) -> None:
        self.cellules = list(dict.fromkeys(cle for signes in reduites for cle in signes))
        self._nombre = len(self.cellules)
        self._rangs = {cle: rang for rang, cle in enumerate(self.cellules)}
        self._valeurs = valeurs
        self._tenues = self._gratuites = frozenset[int]()
        self._prix = [min(prix[cle], _HORS_DE_PRIX) for cle in self.cellules]
        self._reduites = reduites
        # A cell goes up, by the first half of the columns, or down, to 1 at least.
        vraies = np.array([valeurs[cle] for cle in self.cellules], dtype=float)
        self._limites = np.concatenate([np.full(self._nombre, _FOIS * vraies.max()), vraies - 1])
        # By cell, the moves that were found: how far it goes, with which others.
        self._trouves: dict[int, list[tuple[float, frozenset[int]]]] = defaultdict(list)

    @functools.cached_property
    def _highs(self) -> highspy.Highs:
        colonnes = 2 * self._nombre
        highs = _solveur(
            [[*self._de(une), *self._de(une, self._nombre)] for une in self._reduites],
            [[*une.values(), *(-fois for fois in une.values())] for une in self._reduites],
            np.zeros(len(self._reduites)),
            np.zeros(colonnes),
            self._limites,
        )
        highs.changeColsCost(colonnes, _rangs(colonnes), np.tile(self._prix, 2))
        return highs

    def pour(
        self,
        cle: int,
        masquees: AbstractSet[int],
        immobiles: Collection[int] = (),
        entre: tuple[int, int] | None = None,
    ) -> frozenset[int]:
        """Return the cells that move with this one, none when it cannot.

        It goes to the least and to the greatest that are asked, where it can; else by 1, one way.
        The `immobiles` do not move.
        """
        self._tenir(frozenset(self._rangs.keys() & immobiles))
        if entre and (bougent := self._etendre(cle, masquees, entre)):
            return bougent
        return self._bouger(cle, 1, masquees) or self._bouger(cle, -1, masquees)

    def sans_plancher(self, cle: int, masquees: AbstractSet[int]) -> frozenset[int]:
        """Return the cells that move with this one where others may be none, none when it cannot.

        A reader whom no row tells that there is one cannot rule it out.
        """
        self._tenir(frozenset())
        self._descendre(1.0)
        pas = self._chercher(cle, 1, masquees, 1.0)
        self._descendre(0.0)
        return frozenset() if pas is None else self._qui_bougent(pas)

    def _descendre(self, plus: float) -> None:
        """Let every cell go down by so much more."""
        for une in range(self._nombre, 2 * self._nombre):
            self._highs.changeColBounds(une, 0.0, self._limites[une] + plus)

    def _de(self, cles: Iterable[int], apres: int = 0) -> list[int]:
        return [self._rangs[cle] + apres for cle in cles]

    def _tenir(self, immobiles: frozenset[int]) -> None:
        """Hold these cells and no others: one reader after the other asks for many."""
        for rang in self._de(immobiles ^ self._tenues):
            for une in (rang, rang + self._nombre):
                haut = 0.0 if self.cellules[rang] in immobiles else self._limites[une]
                self._highs.changeColBounds(une, 0.0, haut)
        self._tenues = immobiles

    def _offrir(self, masquees: frozenset[int]) -> None:
        """Have these cells move for nothing, and no others."""
        for rang in self._de(masquees ^ self._gratuites):
            cout = 0.0 if self.cellules[rang] in masquees else self._prix[rang]
            for une in (rang, rang + self._nombre):
                self._highs.changeColCost(une, cout)
        self._gratuites = masquees

    def _etendre(
        self, cle: int, masquees: AbstractSet[int], entre: tuple[int, int]
    ) -> frozenset[int]:
        """Return what moves with a cell all the way, as far as it can."""
        bougent, (bas, haut) = frozenset[int](), entre
        for sens, but in ((1, haut), (-1, bas)):
            combien = sens * (but - self._valeurs[cle])
            if combien > 0:
                bougent |= self._bouger(cle, sens, bougent | masquees, combien)
        return bougent

    def _bouger(
        self, cle: int, sens: int, masquees: AbstractSet[int], combien: float = 1.0
    ) -> frozenset[int]:
        """Return the cells that move with one that goes so far one way, none when it cannot.

        What was found for one reader, or for another cell, costs nothing once it is masked.
        """
        for deja, bougent in self._trouves[cle]:
            suffit = sens * deja >= combien
            if suffit and bougent <= masquees and bougent.isdisjoint(self._tenues):
                return bougent
        if self._limites[self._colonnes(cle, sens)[0]] < combien:
            return frozenset()
        pas = self._chercher(cle, sens, masquees, combien)
        return frozenset() if pas is None else self._retenir(pas)

    def _chercher(
        self, cle: int, sens: int, masquees: AbstractSet[int], combien: float
    ) -> Vecteur | None:
        """Return how far each cell goes where one goes so far one way, None when it cannot."""
        colonne, contraire = self._colonnes(cle, sens)
        self._offrir(frozenset(self._rangs.keys() & masquees))
        self._highs.changeColBounds(colonne, combien, combien)
        self._highs.changeColBounds(contraire, 0.0, 0.0)
        pas = _resoudre(self._highs)
        for une in (colonne, contraire):
            self._highs.changeColBounds(une, 0.0, self._limites[une])
        return None if pas is None else pas[: self._nombre] - pas[self._nombre :]

    def _colonnes(self, cle: int, sens: int) -> tuple[int, int]:
        """Return the column by which a cell goes one way, and that of the other way."""
        rang = self._rangs[cle]
        colonne, contraire = (rang, rang + self._nombre)[::sens]
        return colonne, contraire

    def _retenir(self, pas: Vecteur) -> frozenset[int]:
        """Keep for each cell that moves how far it does, and with which others; return them."""
        bougent = self._qui_bougent(pas)
        for rang in self._de(bougent):
            self._trouves[self.cellules[rang]].append((float(pas[rang]), bougent))
        return bougent

    def _qui_bougent(self, pas: Vecteur) -> frozenset[int]:
        rangs = np.flatnonzero(np.abs(pas) > _AUTREMENT)
        return frozenset(self.cellules[rang] for rang in rangs.tolist())


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
    highs.setOptionValue("presolve", "off")  # it costs more than it saves
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

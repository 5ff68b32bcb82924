"""The secret statistique: which counts to mask so that none about a few people can be found.

Tables are seen as cells bound by sums. Counts from 1 to the threshold less one are masked, then
as many others as it takes for the visible cells and the sums to give no masked cell away.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Cle = Hashable
Bornes = dict[Cle, tuple[float, float]]
# A sum reduced to its masked cells: 1 for the total, -1 for a part.
Signes = dict[Cle, int]
# How a masked cell may move while every sum holds: amount by free direction, nothing when fixed.
Libertes = dict[Cle, dict[Hashable, float]]
PUBLIEE = 2
_NUL = 1e-8
_PASSES = 10


@dataclass(frozen=True, slots=True)
class Somme:
    """A total and the parts that make it; cells are named by their keys."""

    total: Cle
    parts: tuple[Cle, ...]

    @property
    def cellules(self) -> tuple[Cle, ...]:
        """Every cell of the sum, the total first."""
        return (self.total, *self.parts)


def masquer(
    valeurs: Mapping[Any, int],
    sommes: Iterable[Somme],
    seuil: int,
    aussi: Collection[Cle] = (),
    prix: Mapping[Cle, int] | None = None,
) -> frozenset[Cle]:
    """Return the cells to mask: those from 1 to seuil - 1, those of `aussi`, and their protectors.

    Sums that name an unknown cell are left out. A zero is never masked, so that readers know
    every masked cell to be at least 1, and are assumed to. `prix` says which cells are dearer
    than others to mask for the sake of another one; a cell that is PUBLIEE already protects
    nothing any more, and comes last.
    """
    table = _Table(valeurs, sommes, seuil, prix or {})
    for cle, valeur in valeurs.items():
        petite = 0 < valeur < seuil and table.prix.get(cle) != PUBLIEE
        if petite or (cle in aussi and valeur > 0):
            table.masquer(cle)
    table.proteger()
    return frozenset(table.masquees)


def determinees(masquees: Collection[Cle], sommes: Iterable[Somme]) -> frozenset[Cle]:
    """Return the masked cells that linear algebra gives back from the visible ones."""
    reduites = _reduire(set(masquees), sommes)
    pelees, noyau = _peler(reduites)
    libertes: Libertes = {}
    for groupe in _composantes([reduites[rang] for rang in noyau]):
        libertes |= _noyau(groupe)
    for rang, libres in reversed(pelees):
        _remonter(reduites[rang], libres, libertes)
    return frozenset(cle for cle, directions in libertes.items() if not directions)


def _reduire(masquees: set[Cle], sommes: Iterable[Somme]) -> list[Signes]:
    reduites = []
    for somme in sommes:
        signes = {cle: -1 for cle in somme.parts if cle in masquees}
        if somme.total in masquees:
            signes[somme.total] = 1
        if signes:
            reduites.append(signes)
    return reduites


def _peler(reduites: Sequence[Signes]) -> tuple[list[tuple[int, list[Cle]]], list[int]]:
    """Set aside, one after the other, the sums that hold cells found in no other one.

    Such a sum tells nothing of the rest. Return [(sum, its own cells)] in order, and the rest.
    """
    de: dict[Cle, set[int]] = defaultdict(set)
    for rang, signes in enumerate(reduites):
        for cle in signes:
            de[cle].add(rang)
    restent = dict.fromkeys(range(len(reduites)))
    file = deque(restent)
    pelees = []
    while file:
        rang = file.popleft()
        libres = [cle for cle in reduites[rang] if len(de[cle]) == 1] if rang in restent else []
        if libres:
            del restent[rang]
            pelees.append((rang, libres))
            for cle in reduites[rang]:
                de[cle].discard(rang)
                file.extend(de[cle])
    return pelees, list(restent)


def _remonter(signes: Signes, libres: Sequence[Cle], libertes: Libertes) -> None:
    """Give its own cells of a sum their freedom: all but one at will, the last makes up."""
    derniere, *autres = libres
    for cle in autres:
        libertes[cle] = {("libre", cle): 1.0}
    somme: dict[Hashable, float] = defaultdict(float)
    for cle, signe in signes.items():
        if cle != derniere:
            for direction, pas in libertes[cle].items():
                somme[direction] -= signe * pas * signes[derniere]
    libertes[derniere] = {direction: pas for direction, pas in somme.items() if abs(pas) > _NUL}


def _noyau(groupe: Sequence[Signes]) -> Libertes:
    """Return the freedom of the cells of sums that hang together, from their null space."""
    cles = list(dict.fromkeys(cle for signes in groupe for cle in signes))
    rangs = {cle: rang for rang, cle in enumerate(cles)}
    matrice = np.zeros((len(groupe), len(cles)))
    for ligne, signes in enumerate(groupe):
        for cle, signe in signes.items():
            matrice[ligne, rangs[cle]] = signe
    pivots = _echelonner(matrice)
    libertes: Libertes = {cle: {cle: 1.0} for cle in cles}
    for ligne, pivot in enumerate(pivots):
        directions = np.flatnonzero(np.abs(matrice[ligne]) > _NUL)
        libertes[cles[pivot]] = {
            cles[autre]: -float(matrice[ligne, autre]) for autre in directions if autre != pivot
        }
    return libertes


def _echelonner(matrice: npt.NDArray[np.float64]) -> list[int]:
    """Reduce a matrix to echelon form in place; return the pivot of each row.

    Without any library of linear algebra, whose threads cost more here than they give.
    """
    pivots: list[int] = []
    for colonne in range(matrice.shape[1]):
        rang = len(pivots)
        if rang == len(matrice):
            break
        choix = rang + int(np.abs(matrice[rang:, colonne]).argmax())
        if abs(matrice[choix, colonne]) > _NUL:
            matrice[[rang, choix]] = matrice[[choix, rang]]
            matrice[rang] /= matrice[rang, colonne]
            for autre in np.flatnonzero(matrice[:, colonne]):
                if autre != rang:
                    matrice[autre] -= matrice[autre, colonne] * matrice[rang]
            pivots.append(colonne)
    return pivots


def _composantes(reduites: Sequence[Signes]) -> list[list[Signes]]:
    """Group the sums by cells they have in common."""
    racines: dict[Cle, Cle] = {}

    def racine(cle: Cle) -> Cle:
        while (haut := racines.setdefault(cle, cle)) != cle:
            racines[cle] = cle = racines[haut]
        return cle

    for signes in reduites:
        premiere, *autres = signes
        for cle in autres:
            racines[racine(cle)] = racine(premiere)
    groupes: dict[Cle, list[Signes]] = defaultdict(list)
    for signes in reduites:
        groupes[racine(next(iter(signes)))].append(signes)
    return list(groupes.values())


class _Table:
    """The cells and sums of a table while cells get masked."""

    def __init__(
        self,
        valeurs: Mapping[Cle, int],
        sommes: Iterable[Somme],
        seuil: int,
        prix: Mapping[Cle, int],
    ) -> None:
        self.valeurs = valeurs
        self.prix = prix
        self.seuil = seuil
        self.sommes = [s for s in sommes if all(cle in valeurs for cle in s.cellules)]
        self.masquees: set[Cle] = set()
        self.de: dict[Cle, list[int]] = defaultdict(list)
        for rang, somme in enumerate(self.sommes):
            for cle in somme.cellules:
                self.de[cle].append(rang)
        self._a_voir: list[int] = []

    def masquer(self, cle: Cle) -> None:
        self.masquees.add(cle)
        self._a_voir.extend(self.de[cle])

    def proteger(self) -> None:
        """Mask further cells until no masked one can be worked out, nor pinned by its bounds."""
        self._proteger_localement()
        while exposees := self._exposees():
            if not self._desserrer(exposees):
                return
            self._proteger_localement()

    def _proteger_localement(self) -> None:
        while self._a_voir:
            rang = self._a_voir.pop()
            while self._fragile(self.sommes[rang]) and self._ajouter([rang]):
                pass

    def _desserrer(self, exposees: Iterable[Cle]) -> bool:
        """Mask one more cell for each exposed one whose sums were not touched just before."""
        touchees: set[int] = set()
        for cle in sorted(exposees, key=str):
            if touchees.isdisjoint(self.de[cle]):
                avant = set(self.masquees)
                if self._ajouter_pres_de(cle):
                    touchees.update(
                        rang for neuve in self.masquees - avant for rang in self.de[neuve]
                    )
        return bool(touchees)

    def _ajouter_pres_de(self, cle: Cle) -> bool:
        """Mask one more cell in the sums of a masked cell, else in those that they lead to."""
        vues: set[int] = set()
        rangs = set(self.de[cle])
        while rangs:
            if self._ajouter(rangs):
                return True
            vues |= rangs
            voisines = {autre for rang in rangs for autre in self.sommes[rang].cellules}
            rangs = {rang for autre in voisines & self.masquees for rang in self.de[autre]} - vues
        return False

    def _fragile(self, somme: Somme) -> bool:
        """Tell whether a sum alone gives away a masked cell, or a masked group under the seuil."""
        masquees = [cle for cle in somme.cellules if cle in self.masquees]
        if len(masquees) < 2:  # noqa: PLR2004
            return bool(masquees)
        if somme.total in self.masquees:
            return False
        return sum(self.valeurs[cle] for cle in masquees) < self.seuil

    def _exposees(self) -> frozenset[Cle]:
        return determinees(self.masquees, self.sommes) or self._coincees()

    def _coincees(self) -> frozenset[Cle]:
        """Return the masked cells whose bounds meet, for a reader who knows that each is ≥ 1."""
        bornes: Bornes = {
            cle: (1, math.inf) if cle in self.masquees else (valeur, valeur)
            for cle, valeur in self.valeurs.items()
        }
        a_voir = dict.fromkeys(rang for cle in self.masquees for rang in self.de[cle])
        for _ in range(_PASSES * len(a_voir)):
            if not a_voir:
                break
            rang = next(iter(a_voir))
            del a_voir[rang]
            for cle in _resserrer(self.sommes[rang], bornes):
                a_voir.update(dict.fromkeys(self.de[cle]))
        return frozenset(cle for cle in self.masquees if bornes[cle][0] == bornes[cle][1])

    def _ajouter(self, rangs: Iterable[int]) -> bool:
        """Mask the least useful visible cell of these sums; False when they have none."""
        candidates = {
            cle: cle == self.sommes[rang].total
            for rang in rangs
            for cle in self.sommes[rang].cellules
            if cle not in self.masquees and self.valeurs[cle] > 0
        }
        if not candidates:
            return False
        self.masquer(min(candidates, key=lambda cle: self._cout(cle, total=candidates[cle])))
        return True

    def _cout(self, cle: Cle, *, total: bool) -> tuple[int, int, int, int, str]:
        """What masking a cell costs: its price, a total, sums that it breaks anew, its size."""
        neuves = sum(self.masquees.isdisjoint(self.sommes[rang].cellules) for rang in self.de[cle])
        return (self.prix.get(cle, 0), int(total), neuves, self.valeurs[cle], str(cle))


def _resserrer(somme: Somme, bornes: Bornes) -> list[Cle]:
    """Tighten the bounds of the cells of a sum; return those that moved."""
    avant = {cle: bornes[cle] for cle in somme.cellules}
    bas, haut = _encadrement([avant[cle] for cle in somme.parts])
    total_bas, total_haut = avant[somme.total]
    bornes[somme.total] = total_bas, total_haut = max(total_bas, bas), min(total_haut, haut)
    sans_fin = sum(math.isinf(avant[cle][1]) for cle in somme.parts)
    for cle in somme.parts:
        mini, maxi = avant[cle]
        autres_haut = haut - maxi if not sans_fin else _haut_sans(somme.parts, cle, avant)
        bornes[cle] = (max(mini, total_bas - autres_haut), min(maxi, total_haut - bas + mini))
    return [cle for cle, une in avant.items() if bornes[cle] != une]


def _encadrement(bornes: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(bas for bas, _ in bornes), sum(haut for _, haut in bornes)


def _haut_sans(parts: Sequence[Cle], cle: Cle, bornes: Bornes) -> float:
    return sum(bornes[autre][1] for autre in parts if autre != cle)

"""The secret statistique: which counts to mask so that none about a few people can be found.

A table is seen as cells bound by sums. Counts from 1 to the threshold less one are masked, then
as many others as it takes for the visible cells and the sums to give no masked cell away.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Cle = Hashable
Bornes = dict[Cle, tuple[float, float]]
_NUL = 1e-8
_PASSES = 30


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
) -> frozenset[Cle]:
    """Return the cells to mask: those from 1 to seuil - 1, those of `aussi`, and their protectors.

    Sums that name an unknown cell are left out. A zero is never masked, so that readers know
    every masked cell to be at least 1, and are assumed to.
    """
    table = _Table(valeurs, sommes, seuil)
    for cle, valeur in valeurs.items():
        if 0 < valeur < seuil or (cle in aussi and valeur > 0):
            table.masquer(cle)
    table.proteger()
    return frozenset(table.masquees)


def determinees(masquees: Collection[Cle], sommes: Iterable[Somme]) -> frozenset[Cle]:
    """Return the masked cells that linear algebra gives back from the visible ones."""
    trouvees: set[Cle] = set()
    for groupe in _composantes(set(masquees), sommes):
        rangs = {cle: rang for rang, cle in enumerate(dict.fromkeys(c for s in groupe for c in s))}
        matrice = np.zeros((len(groupe), len(rangs)))
        for ligne, signes in enumerate(groupe):
            for cle, signe in signes.items():
                matrice[ligne, rangs[cle]] += signe
        _, valeurs, base = np.linalg.svd(matrice)
        libres = base[int((valeurs > _NUL).sum()) :]
        fixes = np.abs(libres).max(axis=0, initial=0.0) < _NUL
        trouvees.update(cle for cle, rang in rangs.items() if fixes[rang])
    return frozenset(trouvees)


def _composantes(masquees: set[Cle], sommes: Iterable[Somme]) -> list[list[dict[Cle, int]]]:
    """Group the sums, reduced to their masked cells and signs, by cells they have in common."""
    racines: dict[Cle, Cle] = {}

    def racine(cle: Cle) -> Cle:
        while (haut := racines.setdefault(cle, cle)) != cle:
            racines[cle] = cle = racines[haut]
        return cle

    reduites = []
    for somme in sommes:
        signes = {cle: -1 for cle in somme.parts if cle in masquees}
        if somme.total in masquees:
            signes[somme.total] = 1
        if signes:
            reduites.append(signes)
            premiere, *autres = signes
            for cle in autres:
                racines[racine(cle)] = racine(premiere)
    groupes: dict[Cle, list[dict[Cle, int]]] = defaultdict(list)
    for signes in reduites:
        groupes[racine(next(iter(signes)))].append(signes)
    return list(groupes.values())


class _Table:
    """The cells and sums of a table while cells get masked."""

    def __init__(self, valeurs: Mapping[Cle, int], sommes: Iterable[Somme], seuil: int) -> None:
        self.valeurs = valeurs
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
                if self._ajouter(self.de[cle]) or self._ajouter(range(len(self.sommes))):
                    touchees.update(
                        rang for neuve in self.masquees - avant for rang in self.de[neuve]
                    )
        return bool(touchees)

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
        touchees = [s for s in self.sommes if not self.masquees.isdisjoint(s.cellules)]
        for _ in range(_PASSES):
            if not sum(_resserrer(somme, bornes) for somme in touchees):
                break
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

    def _cout(self, cle: Cle, *, total: bool) -> tuple[int, int, int, str]:
        """What masking a cell costs: sums that it would break anew, a total, its size."""
        neuves = sum(self.masquees.isdisjoint(self.sommes[rang].cellules) for rang in self.de[cle])
        return (int(total), neuves, self.valeurs[cle], str(cle))


def _resserrer(somme: Somme, bornes: Bornes) -> bool:
    """Tighten the bounds of the cells of a sum; tell whether any moved."""
    avant = [bornes[cle] for cle in somme.cellules]
    bas, haut = _encadrement([bornes[cle] for cle in somme.parts])
    bornes[somme.total] = (max(avant[0][0], bas), min(avant[0][1], haut))
    total_bas, total_haut = bornes[somme.total]
    for cle, (mini, maxi) in zip(somme.parts, avant[1:], strict=True):
        autres_bas = bas - mini
        autres_haut = haut - maxi if math.isfinite(maxi) else _haut_sans(somme.parts, cle, bornes)
        bornes[cle] = (max(mini, total_bas - autres_haut), min(maxi, total_haut - autres_bas))
    return avant != [bornes[cle] for cle in somme.cellules]


def _encadrement(bornes: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(bas for bas, _ in bornes), sum(haut for _, haut in bornes)


def _haut_sans(parts: Sequence[Cle], cle: Cle, bornes: Bornes) -> float:
    return sum(bornes[autre][1] for autre in parts if autre != cle)

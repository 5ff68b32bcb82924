"""An independent judge: between what and what a reader can tell that each masked count lies.

It does not know how tables are masked. It finds by itself what adds up in them, and asks an integer
program (HiGHS) for other counts that the reader could not tell from the true ones.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from infocentre.contrat.territoires import territoires
from infocentre.mesures.liens import Place

Vecteurs = npt.NDArray[np.float64]
# Counts and how many times each, which make nothing.
Relation = dict[Place, int]
PLAFOND = 10_000
ESSAIS = 6


def trouver_relations(places: Sequence[Place], vecteurs: Vecteurs) -> list[Relation]:
    """Return what adds up in every one of the worlds that `vecteurs` counts, a row each."""
    colonnes = dict(zip(places, vecteurs.T, strict=True))
    proposees = [*_egales(colonnes), *_en_ligne(colonnes), *_en_colonne(colonnes)]
    return [une for une in proposees if _tient(une, colonnes)]


def _tient(relation: Relation, colonnes: Mapping[Place, Vecteurs]) -> bool:
    return not np.any(sum(fois * colonnes[lieu] for lieu, fois in relation.items()))


def _egales(colonnes: Mapping[Place, Vecteurs]) -> Iterator[Relation]:
    """Counts that are the same in every world, wherever they stand."""
    premieres: dict[bytes, Place] = {}
    for lieu, colonne in colonnes.items():
        premiere = premieres.setdefault(colonne.tobytes(), lieu)
        if premiere != lieu:
            yield {premiere: 1, lieu: -1}


def _en_ligne(colonnes: Mapping[Place, Vecteurs]) -> Iterator[Relation]:
    """A column that is the sum of two others, on each row."""
    lignes: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for code, repere, nom in colonnes:
        lignes[code, repere].append(nom)
    for (code, repere), noms in lignes.items():
        for total, (une, autre) in itertools.product(noms, itertools.combinations(noms, 2)):
            if total not in {une, autre}:
                yield {(code, repere, total): 1, (code, repere, une): -1, (code, repere, autre): -1}


def _en_colonne(colonnes: Mapping[Place, Vecteurs]) -> Iterator[Relation]:
    """A row that is the sum of those that differ from it by one name only, or lie in it."""
    autour: dict[tuple[str, tuple[str, ...], str], list[Place]] = defaultdict(list)
    for code, repere, nom in colonnes:
        for rang in range(len(repere)):
            autour[code, (*repere[:rang], "*", *repere[rang + 1 :]), nom].append(
                (code, repere, nom)
            )
        if dessus := _dessus(repere):
            autour[code, dessus, nom].append((code, repere, nom))
    for total, parts in autour.items():
        for tous in {total, (total[0], ("*",) * len(total[1]), total[2])}:
            if tous in colonnes and (autres := [un for un in parts if un != tous]):
                yield {tous: 1, **dict.fromkeys(autres, -1)}
    for code, repere, nom in colonnes:
        if repere[0] == "RADIATIONS":
            motifs = [
                un
                for un in colonnes
                if (un[0], un[1][1:], un[2]) == (code, repere[1:], nom)
                and un[1][0] not in {"RADIATIONS", "DEPOTS", "ACTIVES", "ACTIVES_UN_JOUR"}
            ]
            yield {(code, repere, nom): 1, **dict.fromkeys(motifs, -1)}


def _dessus(repere: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what a commune or an arrondissement of Marseille is in, an EPCI's département."""
    if repere[0] == "epci":
        return ("departement", "*")
    connue = territoires().get(repere[-1])
    if repere[0] == "commune":
        return ("epci", connue.epci if connue and connue.epci else "NR")
    if repere[0] == "arrondissement" and connue:
        return ("commune", connue.mere)
    return None


@dataclass(frozen=True, slots=True)
class Juge:
    """A reader who knows what adds up, what is shown, and that a zero is never masked."""

    relations: Sequence[Relation]

    def juger(
        self,
        vraies: Mapping[Place, int],
        cachees: Sequence[Place],
        reunies: Sequence[Relation],
        parmi: Collection[Place],
    ) -> dict[Place, tuple[int, int]]:
        """Return the least and the greatest that each count of `parmi` found to be tight may be.

        A count that takes another value in some world that the reader cannot tell apart is left
        out: (x, x) is a count that was found again.
        """
        programme = _Programme(vraies, cachees, [*self.relations, *reunies])
        serrees = [programme.rangs[lieu] for lieu in cachees if lieu in parmi]
        hasard = np.random.default_rng(1)
        for _ in range(ESSAIS):
            autre = programme.resoudre(hasard.normal(size=len(programme.vraies)))
            serrees = [un for un in serrees if autre[un] == programme.vraies[un]]
        return {cachees[un]: programme.bornes(un) for un in serrees}


def resoudre(
    vraies: npt.NDArray[np.int64], limites: Bounds, contraintes: LinearConstraint, poids: Vecteurs
) -> npt.NDArray[np.int64]:
    """Return the counts within limits and constraints of which `poids` make the least.

    They are the true ones when the program finds none.
    """
    lu = milp(poids, integrality=np.ones(len(poids)), bounds=limites, constraints=contraintes)
    return vraies if lu.x is None else np.rint(lu.x).astype(np.int64)


class _Programme:
    def __init__(
        self, vraies: Mapping[Place, int], cachees: Sequence[Place], relations: Sequence[Relation]
    ) -> None:
        self.rangs = {lieu: rang for rang, lieu in enumerate(cachees)}
        self.vraies = np.array([vraies[lieu] for lieu in cachees])
        lignes = [
            {self.rangs[lieu]: fois for lieu, fois in une.items() if lieu in self.rangs}
            for une in relations
        ]
        lignes = [une for une in lignes if une]
        indices = [(n, rang, fois) for n, une in enumerate(lignes) for rang, fois in une.items()]
        n, rangs, fois = zip(*indices, strict=True)
        matrice = coo_array((fois, (n, rangs)), shape=(len(lignes), len(cachees))).tocsr()
        valeurs = matrice @ self.vraies
        self.contraintes = LinearConstraint(matrice, valeurs, valeurs)
        self.limites = Bounds(np.minimum(self.vraies, 1), PLAFOND)

    def resoudre(self, poids: Vecteurs) -> npt.NDArray[np.int64]:
        """Return the counts that the reader cannot rule out of which `poids` make the least."""
        return resoudre(self.vraies, self.limites, self.contraintes, poids)

    def bornes(self, rang: int) -> tuple[int, int]:
        """Return between what and what one count lies."""
        poids = np.zeros(len(self.vraies))
        poids[rang] = 1
        return int(self.resoudre(poids)[rang]), int(self.resoudre(-poids)[rang])

"""The independent judge of `tests.mesures.juge`, for bounds and rates beside sums, part by part.

Counts that hang together are judged apart from the others: all that is ever shared is one world.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import coo_array, vstack

from tests.mesures.juge import PLAFOND, Vecteurs, resoudre

ESSAIS, CALMES = 12, 2


@dataclass(frozen=True, slots=True)
class Contrainte:
    """Counts, how many times each, and between what and what they make; None for no bound."""

    termes: Mapping[Any, float]
    bas: float | None = 0
    haut: float | None = 0


def juger(
    vraies: Mapping[Any, int],
    cachees: Collection[Any],
    contraintes: Iterable[Contrainte],
    seuil: int,
    sans_nom: Callable[[Any], bool] = lambda _: False,
) -> dict[Any, tuple[int, int]]:
    """Return the least and the greatest that each small hidden count found to be tight may be.

    `sans_nom` tells those that no row names: a reader does not know that there is one.

    A count that takes another value in some world that the reader cannot tell apart is left out:
    (x, x) is a count that was found again. What does not hang together is judged apart.
    """
    trouvees: dict[Any, tuple[int, int]] = {}
    for siennes, liees in parties(vraies, set(cachees), contraintes):
        programme = _Programme(vraies, siennes, liees, sans_nom)
        trouvees |= {siennes[rang]: bornes for rang, bornes in programme.serrees(seuil).items()}
    return trouvees


def resserrer(
    vraies: Mapping[Any, int],
    cachees: Collection[Any],
    contraintes: Iterable[Contrainte],
    seuil: int,
    sans_nom: Callable[[Any], bool] = lambda _: False,
) -> dict[Any, tuple[int, int]]:
    """Return the bounds of each small hidden count of which more is told than « s » tells.

    « s » says by itself that a count is 1 at least, a total of three of them 3, and everybody knows
    that what is protected is less than the threshold: nothing more is told while a reader can rule
    out neither this floor nor seuil - 1.
    """
    trouvees: dict[Any, tuple[int, int]] = {}
    for siennes, liees in parties(vraies, set(cachees), contraintes):
        if any(0 < vraies[lieu] < seuil for lieu in siennes):
            programme = _Programme(vraies, siennes, liees, sans_nom)
            trouvees |= {siennes[rang]: un for rang, un in programme.etroites(seuil).items()}
    return trouvees


def parties(
    vraies: Mapping[Any, int], cachees: Collection[Any], contraintes: Iterable[Contrainte]
) -> list[tuple[list[Any], list[Contrainte]]]:
    """Return the hidden counts that hang together, with what binds them, what is shown put in."""
    racines: dict[Any, Any] = {}

    def racine(lieu: Any) -> Any:
        while (haut := racines.setdefault(lieu, lieu)) != lieu:
            racines[lieu] = lieu = racines[haut]
        return lieu

    reduites = []
    for une in contraintes:
        tus = {lieu: fois for lieu, fois in une.termes.items() if lieu in cachees}
        if not tus:
            continue
        dits = sum(fois * vraies[lieu] for lieu, fois in une.termes.items() if lieu not in tus)
        bas, haut = (None if un is None else un - dits for un in (une.bas, une.haut))
        reduites.append(Contrainte(tus, bas, haut))
        premier, *autres = tus
        commune = racine(premier)
        for autre in autres:
            racines[racine(autre)] = commune
    groupes: dict[Any, tuple[list[Any], list[Contrainte]]] = defaultdict(lambda: ([], []))
    for lieu in [*racines]:
        groupes[racine(lieu)][0].append(lieu)
    for une in reduites:
        groupes[racine(next(iter(une.termes)))][1].append(une)
    return [*groupes.values()]


class _Programme:
    def __init__(
        self,
        vraies: Mapping[Any, int],
        cachees: Sequence[Any],
        contraintes: Sequence[Contrainte],
        sans_nom: Callable[[Any], bool] = lambda _: False,
    ) -> None:
        rangs = {lieu: rang for rang, lieu in enumerate(cachees)}
        self.vraies = np.array([vraies[lieu] for lieu in cachees])
        indices = [
            (n, rangs[lieu], fois)
            for n, une in enumerate(contraintes)
            for lieu, fois in une.termes.items()
        ]
        n, colonnes, fois = zip(*indices, strict=True)
        matrice = coo_array((fois, (n, colonnes)), shape=(len(contraintes), len(cachees))).tocsr()
        bas = [-np.inf if une.bas is None else une.bas for une in contraintes]
        haut = [np.inf if une.haut is None else une.haut for une in contraintes]
        self.contraintes = LinearConstraint(matrice, bas, haut)
        plafond = max(PLAFOND, 2 * int(self.vraies.max()))
        nommees = [not sans_nom(lieu) for lieu in cachees]
        self.limites = Bounds(np.minimum(self.vraies, nommees), plafond)

    def serrees(self, seuil: int) -> dict[int, tuple[int, int]]:
        """Return the bounds of the small counts that no world found on the way moves.

        All that is left is pulled at random, up then down, until neither moves any more; then each
        count that is left is pulled alone. One that another takes along is found to move too.
        """
        restent = {rang for rang, vraie in enumerate(self.vraies) if 0 < vraie < seuil}
        calmes = 0
        hasard = np.random.default_rng(1)
        for essai in range(ESSAIS if restent else 0):
            poids = np.zeros(len(self.vraies))
            sens = -1 if essai % 2 else 1
            poids[list(restent)] = sens * hasard.uniform(1, 2, size=len(restent))
            autre = self.resoudre(poids)
            bougent = {un for un in restent if autre[un] != self.vraies[un]}
            restent -= bougent
            calmes = 0 if bougent else calmes + 1
            if not restent or calmes == CALMES:
                break
        trouvees = {}
        for rang in range(len(self.vraies)):
            if rang in restent:
                bas, haut = self._tirer(rang, 1), self._tirer(rang, -1)
                trouvees[rang] = int(bas[rang]), int(haut[rang])
                restent = {un for un in restent if bas[un] == haut[un] == self.vraies[un]}
        return trouvees

    def etroites(self, seuil: int) -> dict[int, tuple[int, int]]:
        """Return the bounds of the small counts that no world takes from their floor to seuil - 1.

        All that no world took far enough yet is pulled together, each no further than it takes;
        what does not move any more is pulled alone.
        """
        petites = {rang for rang, vraie in enumerate(self.vraies) if 0 < vraie < seuil}
        bas, haut = self.vraies.copy(), self.vraies.copy()
        planchers = self._planchers()
        plafonds = np.full(len(bas), seuil - 1)
        for sens, vues, but in ((1, bas, planchers), (-1, haut, plafonds)):
            restent = {rang for rang in petites if sens * vues[rang] > sens * but[rang]}
            while restent:
                monde = self._jusque(restent, but, sens)
                np.copyto(bas, np.minimum(bas, monde))
                np.copyto(haut, np.maximum(haut, monde))
                neuves = {rang for rang in restent if sens * vues[rang] <= sens * but[rang]}
                if not neuves:
                    break
                restent -= neuves
            for rang in restent:
                if sens * vues[rang] > sens * but[rang]:
                    monde = self._tirer(rang, sens)
                    np.copyto(bas, np.minimum(bas, monde))
                    np.copyto(haut, np.maximum(haut, monde))
        return {
            rang: (int(bas[rang]), int(haut[rang]))
            for rang in sorted(petites)
            if bas[rang] > planchers[rang] or haut[rang] < seuil - 1
        }

    def _planchers(self) -> npt.NDArray[np.int64]:
        """Return what « s » alone tells each count to be at least, by the parts that make it."""
        planchers: npt.NDArray[np.int64] = self.limites.lb.astype(np.int64)
        matrice, moins = self.contraintes.A.tocsr(), self.contraintes.lb
        totaux = []
        for n in range(matrice.shape[0]):
            debut, fin = matrice.indptr[n : n + 2]
            rangs, fois = matrice.indices[debut:fin], matrice.data[debut:fin]
            if (fois > 0).sum() == 1 and set(abs(fois)) == {1} and np.isfinite(moins[n]):
                total, parts, dits = rangs[fois > 0][0], rangs[fois < 0], int(moins[n])
                totaux.append((total, parts, dits))
                if len(parts) == 1 and self.contraintes.ub[n] == dits:
                    totaux.append((parts[0], [total], -dits))
        montent = True
        while montent:
            montent = False
            for total, parts, dits in totaux:
                if (bas := dits + planchers[parts].sum()) > planchers[total]:
                    planchers[total], montent = bas, True
        return planchers

    def _jusque(
        self, rangs: Collection[int], but: npt.NDArray[np.int64], sens: int
    ) -> npt.NDArray[np.int64]:
        """Return a world where as many of these counts as may be come near `but`, no further."""
        nombre, siens = len(self.vraies), sorted(rangs)
        largeur = nombre + len(siens)
        # What is missing of each is a count of its own: but - x at most, 0 at least.
        ecarts = coo_array(
            (
                np.concatenate([np.full(len(siens), -sens), np.ones(len(siens))]),
                (np.tile(np.arange(len(siens)), 2), [*siens, *range(nombre, largeur)]),
            ),
            shape=(len(siens), largeur),
        )
        dedans = self.contraintes.A.tocoo()
        matrice = vstack(
            [coo_array((dedans.data, dedans.coords), (dedans.shape[0], largeur)), ecarts]
        )
        contraintes = LinearConstraint(
            matrice.tocsr(),
            np.concatenate([self.contraintes.lb, -sens * but[siens]]),
            np.concatenate([self.contraintes.ub, np.full(len(siens), np.inf)]),
        )
        sans = np.zeros(len(siens))
        limites = Bounds(
            np.concatenate([self.limites.lb, sans]),
            np.concatenate([np.full(nombre, self.limites.ub), sans + np.inf]),
        )
        poids = np.concatenate([np.zeros(nombre), sans + 1])
        vraies = np.concatenate([self.vraies, sans])
        return resoudre(vraies, limites, contraintes, poids)[:nombre].astype(np.int64)

    def _tirer(self, rang: int, sens: int) -> npt.NDArray[np.int64]:
        """Return the counts where one is the least, or the greatest."""
        poids = np.zeros(len(self.vraies))
        poids[rang] = sens
        return self.resoudre(poids)

    def resoudre(self, poids: Vecteurs) -> npt.NDArray[np.int64]:
        """Return the counts that the reader cannot rule out of which `poids` make the least."""
        return resoudre(self.vraies, self.limites, self.contraintes, poids)

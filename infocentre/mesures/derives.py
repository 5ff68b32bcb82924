"""How much guichets change by themselves, beyond the chance of their counts.

What those that nobody contacted came to, over what was expected of them, varies more than counts
do: by the variance of the drift, τ², of which a part may be common to all that one guichet does
in a period (`grappes`). Moments weighted by what each count can tell; both are widened by their
own standard error, for a drift that few counts show small may be so by luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reels = NDArray[np.float64]
Entiers = NDArray[np.int64]

LOIN = 5.0  # standard deviations
MOINDRE = 0.01  # a drift of a tenth: less, and large guichets alone would be listened to


@dataclass(frozen=True, slots=True)
class Derive:
    """Relative variance of the drift, the part common to a guichet, each with its error."""

    variance: float = 0.0
    erreur: float = 0.0
    commune: float = 0.0
    erreur_commune: float = 0.0

    @property
    def prudente(self) -> float:
        """The variance, one standard error more."""
        return self.variance + self.erreur

    def somme(self, attendues: Reels, guichets: Entiers) -> float:
        """Return the variance that it gives to the sum of what is expected of these guichets."""
        commune = min(self.commune + self.erreur_commune, self.prudente)
        par_guichet = np.bincount(guichets, attendues)
        return float(
            commune * (par_guichet**2).sum() + (self.prudente - commune) * (attendues**2).sum()
        )


def mesurer_derive(
    ecarts: Reels, hasard: Reels, grappes: Entiers, guichets: Entiers, depart: float
) -> Derive:
    """Measure the drift: `ecarts` are relative, `hasard` their variance if nobody drifted.

    `guichets` is whose each is, over periods that may overlap: their errors go together. `depart`
    is what the variance of the drift is thought to be, which only weights.
    """
    totales = hasard + max(depart, MOINDRE)
    # One guichet that was upset is not the drift of all: beyond so far, it is listened to no more.
    loin = np.maximum(1.0, LOIN * np.sqrt(totales))
    ecarts = np.clip(ecarts, -loin, loin)
    # A square of counts varies by twice its variance squared, and by their fourth cumulant.
    poids = 1 / (2 * totales**2 + hasard**3)
    theorie = float(np.sqrt((poids**2 * (2 * hasard**2 + hasard**3)).sum()) / poids.sum())
    variance, erreur = _rapport(poids * (ecarts**2 - hasard), poids, guichets)
    poids = 1 / totales
    carres = np.bincount(grappes, poids * ecarts) ** 2 - np.bincount(grappes, (poids * ecarts) ** 2)
    paires = np.bincount(grappes, poids) ** 2 - np.bincount(grappes, poids**2)
    siens = guichets[np.unique(grappes, return_index=True)[1]]
    commune, erreur_commune = _rapport(carres, paires, siens)
    return Derive(max(variance, 0.0), max(erreur, theorie), max(commune, 0.0), erreur_commune)


def _rapport(hauts: Reels, bas: Reels, guichets: Entiers) -> tuple[float, float]:
    """Return the ratio of two sums, and its error as guichets show it (0 of nothing)."""
    total = max(float(bas.sum()), 1e-12)
    rapport = float(hauts.sum()) / total
    return rapport, float(
        np.sqrt((np.bincount(guichets, hauts - rapport * bas) ** 2).sum())
    ) / total

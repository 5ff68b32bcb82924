"""Mack's chain ladder for many triangles at once, distribution-free standard errors.

Th. Mack, « Distribution-free calculation of the standard error of chain ladder reserve
estimates », ASTIN Bulletin 23 (1993). A triangle is an array (series, origins, ages) of
cumulative amounts, NaN where nothing was observed; ages may be missing on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Reels = NDArray[np.float64]


@dataclass(frozen=True)
class Developpement:
    """What one age becomes at the next, per series; every array is (series, ages − 1)."""

    facteurs: Reels
    variances: Reels
    volumes: Reels
    paires: NDArray[np.int64]

    def exigeant(self, paires: int, effectif: int) -> Developpement:
        """Return the same without the steps seen too rarely, on too little, or down to 0."""
        assez = (self.paires >= paires) & (self.volumes >= effectif * self.paires)
        return replace(self, facteurs=np.where(assez & (self.facteurs > 0), self.facteurs, np.nan))


@dataclass(frozen=True)
class Projection:
    """Amount at the last age and its standard error, per (series, origin)."""

    ultimes: Reels
    erreurs: Reels


def developper(triangles: Reels) -> Developpement:
    """Estimate factors and variances; NaN where no pair of ages, or no amount, was seen."""
    avant, apres = triangles[:, :, :-1], triangles[:, :, 1:]
    vus = ~(np.isnan(avant) | np.isnan(apres))
    avant, apres = np.where(vus, avant, 0.0), np.where(vus, apres, 0.0)
    volumes, paires = avant.sum(axis=1), vus.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        facteurs = np.where(volumes > 0, apres.sum(axis=1) / volumes, np.nan)
        ecarts = (apres - facteurs[:, None, :] * avant) ** 2 / avant
        carres = np.where(avant > 0, ecarts, 0.0).sum(axis=1)
        variances = np.where(paires > 1, carres / (paires - 1), np.nan)
    return Developpement(facteurs, _prolonger(variances, paires), volumes, paires)


def _prolonger(variances: Reels, paires: NDArray[np.int64]) -> Reels:
    """Extrapolate the variance of an age seen once from the two before (Mack's rule)."""
    resultat = variances.copy()
    for age in range(2, resultat.shape[1]):
        deux, une = resultat[:, age - 2], resultat[:, age - 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            tendance = np.where(deux > 0, une**2 / deux, 0.0)
        prolongee = np.minimum(tendance, np.minimum(deux, une))
        resultat[:, age] = np.where(paires[:, age] == 1, prolongee, resultat[:, age])
    return resultat


def projeter(montants: Reels, ages: NDArray[np.int64], dev: Developpement) -> Projection:
    """Carry the amounts (series, origins), seen at `ages` (origins), to the last age.

    NaN where a step on the way is unknown or the amount is 0: no estimate, not a wrong one.
    """
    courants = np.where(montants > 0, montants, np.nan)
    relatives = np.zeros_like(courants)
    for age in range(dev.facteurs.shape[1]):
        jeunes = ages <= age
        facteur = dev.facteurs[:, age, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            pas = dev.variances[:, age, None] / facteur**2
            pas = pas * (1 / courants + 1 / dev.volumes[:, age, None])
        relatives = np.where(jeunes, relatives + pas, relatives)
        courants = np.where(jeunes, courants * facteur, courants)
    return Projection(courants, courants * np.sqrt(relatives))

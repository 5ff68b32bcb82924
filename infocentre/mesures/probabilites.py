"""Exact probabilities of counts: when a rate is rouge, and which movements stand together.

Logarithms of factorials start every sum, products of ratios carry it on: a tail is right to nine
digits up to millions of units, and asks for nothing that takes long to import.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Reels = NDArray[np.float64]
Entiers = NDArray[np.int64]

RISQUE_ROUGE = 0.01
RISQUE_MOUVEMENT = 0.05
_PAS = 14  # halvings of [0, 1]: a share to four digits
_MOITIES = 60  # of a right angle: to the last digit
# Beyond the mean by so many standard deviations and units, nothing is left that a risk could see.
_LOIN = (8.0, 20.0)
_PRESQUE = 1e-12
_NEGLIGEABLE = 1e-16

_lgamma = np.frompyfunc(math.lgamma, 1, 1)


def numerateurs_rouges(
    seuils: ArrayLike, denominateurs: ArrayLike, risque: float = RISQUE_ROUGE
) -> Entiers:
    """Return, per pair, the least numerator whose chance at the threshold is under `risque`.

    The chance is that of at least this numerator among `denominateurs` units when the true rate
    is the threshold, a ratio (exact binomial tail). One more than the denominator: never rouge.
    """
    p = np.clip(np.atleast_1d(np.asarray(seuils, dtype=np.float64)), _PRESQUE, 1 - _PRESQUE)
    n = np.atleast_1d(np.asarray(denominateurs, dtype=np.int64))
    ecart = np.sqrt(n * p * (1 - p))
    k = np.minimum(n, np.floor(n * p + _LOIN[0] * ecart + _LOIN[1]).astype(np.int64))
    terme = np.exp(_combinaisons(n, k) + k * np.log(p) + (n - k) * np.log1p(-p))
    queue, cotes = terme.copy(), (1 - p) / p
    reste = np.flatnonzero((queue < risque) & (k > 0))
    while len(reste):
        terme[reste] *= k[reste] * cotes[reste] / (n[reste] - k[reste] + 1)
        queue[reste] += terme[reste]
        k[reste] -= 1
        reste = reste[(queue[reste] < risque) & (k[reste] > 0)]
    rouges: Entiers = np.maximum(k + 1, 1)
    return rouges


def parts_certaines(numerateurs: ArrayLike, denominateurs: ArrayLike, risque: float) -> Reels:
    """Return, per pair, the greatest true share at which the count has a chance under `risque`.

    The share that is beyond doubt: the lower bound of Clopper and Pearson, one-sided. 0 for none.
    """
    k = np.atleast_1d(np.asarray(numerateurs, dtype=np.int64))
    n = np.atleast_1d(np.asarray(denominateurs, dtype=np.int64))
    bas, haut = np.zeros(len(k)), k / np.maximum(n, 1)
    for _ in range(_PAS):
        milieu = (bas + haut) / 2
        sure = k >= numerateurs_rouges(milieu, n, risque)
        bas, haut = np.where(sure, milieu, bas), np.where(sure, haut, milieu)
    return bas


def chances_d_un_ecart(
    avant: tuple[ArrayLike, ArrayLike], apres: tuple[ArrayLike, ArrayLike]
) -> Reels:
    """Return, per pair of (anomalies, units), the chance of rates at least so far apart.

    Exact conditional test on both sides (twice the tail of Fisher's, 1 at most), for units that
    the two sides do not share; shared ones make it cautious. No unit on a side: 1.
    """
    n_avant, d_avant, n, d = (
        np.atleast_1d(np.asarray(un, dtype=np.float64)) for un in (*avant, *apres)
    )
    n_avant, n = np.clip(n_avant, 0, d_avant), np.clip(n, 0, d)
    tous, anomalies = d_avant + d, n_avant + n
    # A fall of anomalies is a rise of what is right.
    baisse = n * tous < anomalies * d
    vus, reunis = np.where(baisse, d - n, n), np.where(baisse, tous - anomalies, anomalies)
    return np.minimum(1.0, 2 * _queue(vus, reunis, d, tous))


def _queue(vus: Reels, reunis: Reels, tires: Reels, tous: Reels) -> Reels:
    """Return the chance of at least `vus` among `tires` drawn from `tous` of which `reunis` are."""
    terme = np.exp(
        _combinaisons(reunis, vus)
        + _combinaisons(tous - reunis, tires - vus)
        - _combinaisons(tous, tires)
    )
    queue, k = terme.copy(), vus.copy()
    reste = np.flatnonzero(k < np.minimum(reunis, tires))
    while len(reste):
        ici = k[reste]
        terme[reste] *= (reunis[reste] - ici) * (tires[reste] - ici)
        terme[reste] /= (ici + 1) * (tous[reste] - reunis[reste] - tires[reste] + ici + 1)
        queue[reste] += terme[reste]
        k[reste] += 1
        fini = (k >= np.minimum(reunis, tires)) | (terme <= _NEGLIGEABLE * queue)
        reste = reste[~fini[reste]]
    return queue


def retenir_ensemble(chances: ArrayLike, risque: float = RISQUE_MOUVEMENT) -> NDArray[np.bool_]:
    """Tell which comparisons stand when all are made together (Benjamini and Hochberg, 1995).

    When nothing moved anywhere, the chance that one stands at all is `risque` at most.
    """
    p = np.asarray(chances, dtype=np.float64)
    rangs = np.arange(1, len(p) + 1)
    tenus = np.flatnonzero(np.sort(p) <= risque * rangs / max(len(p), 1))
    return p <= np.sort(p)[tenus[-1]] if len(tenus) else np.zeros(len(p), dtype=np.bool_)


def en_normale(t: Reels, degres: NDArray[np.int64]) -> Reels:
    """Return the normal deviate as rare as Student's `t`, positive (Wallace, 1959)."""
    ecarts: Reels = (8 * degres + 1) / (8 * degres + 3) * np.sqrt(degres * np.log1p(t**2 / degres))
    return ecarts


def en_student(z: float, degres: NDArray[np.int64]) -> Reels:
    """Return Student's deviate as rare as the normal `z`, positive: `en_normale` backwards."""
    reduit = (z * (8 * degres + 3) / (8 * degres + 1)) ** 2 / degres
    ecarts: Reels = np.sqrt(degres * np.expm1(reduit))
    return ecarts


def quantile_de_student(part: float, degres: int) -> float:
    """Return what Student's t is under with this chance, from one half to one excluded.

    Of a whole number of degrees its chance is a finite sum; the angle is found by halves.
    """
    bas, haut = 0.0, math.pi / 2
    for _ in range(_MOITIES):
        milieu = (bas + haut) / 2
        if _autour_de_zero(milieu, degres) < 2 * part - 1:
            bas = milieu
        else:
            haut = milieu
    return math.sqrt(degres) * math.tan(bas)


def _autour_de_zero(angle: float, degres: int) -> float:
    """Return the chance of |t| < √degres × tan(angle): Abramowitz and Stegun, 26.7.3 and 26.7.4."""
    puissance = degres % 2
    terme, somme = math.cos(angle) ** puissance, 0.0
    while puissance <= degres - 2:
        somme += terme
        terme *= math.cos(angle) ** 2 * (puissance + 1) / (puissance + 2)
        puissance += 2
    somme *= math.sin(angle)
    return (angle + somme) * 2 / math.pi if degres % 2 else somme


def _combinaisons(n: NDArray[Any], k: NDArray[Any]) -> Reels:
    """Return the logarithm of « k among n »."""
    logarithmes = _lgamma(n + 1.0) - _lgamma(k + 1.0) - _lgamma(n - k + 1.0)
    return np.asarray(logarithmes, dtype=np.float64)

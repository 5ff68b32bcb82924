"""The rate that each guichet is to have again, its luck of one year not coming twice.

A beta prior by moments, then roughened by a few steps of the expectation-maximisation towards the
law that counts themselves draw (N. Laird and T. Louis, « Smoothing the non-parametric estimate of
a prior distribution by roughening », 1991): a few guichets far from all others are not pulled
back as if rates had one hump.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reels = NDArray[np.float64]

_SERREE = 1e6  # concentration of a prior when rates do not differ
_PAS = 3
_IMPREVU = 1e-9  # no rate is impossible
_LOGITS = np.linspace(-11, 5, 600)
_TAUX = 1 / (1 + np.exp(-_LOGITS))
_LN, _LN_NON = np.log(_TAUX), np.log1p(-_TAUX)


def attendre(anomalies: Reels, unites: Reels) -> tuple[Reels, Reels]:
    """Return the mean and the variance of each one's rate, a ratio, among those of its kind."""
    alpha, beta = _loi(anomalies, unites)
    a, b = alpha + anomalies, beta + unites - anomalies
    moyennes, variances = a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))
    if alpha + beta >= _SERREE:
        return moyennes, variances
    chances = _chances(anomalies, unites, alpha, beta)
    moyennes = chances @ _TAUX
    return moyennes, np.maximum(variances, chances @ _TAUX**2 - moyennes**2)


def _chances(anomalies: Reels, unites: Reels, alpha: float, beta: float) -> Reels:
    """Return, per one and rate of the grid, the chance that it is the true one."""
    logarithmes = anomalies[:, None] * _LN + (unites - anomalies)[:, None] * _LN_NON
    vraisemblances = np.exp(logarithmes - logarithmes.max(axis=1, keepdims=True))
    loi = alpha * _LN + beta * _LN_NON
    loi = _normer(np.exp(loi - np.max(loi)) + _IMPREVU)
    for _ in range(_PAS):
        loi = _normer(vraisemblances * loi).mean(axis=0)
    return _normer(vraisemblances * loi)


def _normer(poids: Reels) -> Reels:
    normes: Reels = poids / poids.sum(axis=-1, keepdims=True)
    return normes


def _loi(n: Reels, d: Reels) -> tuple[float, float]:
    """Return the beta law of the rates of a group, by moments (weighted by units)."""
    n, d = n[d > 0], d[d > 0]
    total = float(np.sum(d))
    moyenne = float(np.clip(np.sum(n) / total, 1e-4, 1 - 1e-4)) if total else 0.5
    ecart = float(np.sum(d * (n / d - moyenne) ** 2)) - (len(d) - 1) * moyenne * (1 - moyenne)
    poids = total - float(np.sum(d**2)) / total if total else 0.0
    entre = ecart / poids if poids > 0 else 0.0
    concentration = moyenne * (1 - moyenne) / entre - 1 if entre > 0 else _SERREE
    concentration = float(np.clip(concentration, 0.5, _SERREE))
    return moyenne * concentration, (1 - moyenne) * concentration

"""What contacting a guichet changed: what is observed since, over what was to be expected anyway.

A guichet that was chosen because it was red falls by itself, its bad luck not coming twice: its
rate to come is expected to be its posterior mean among those of its group (beta prior by moments),
carried by the trend of those that were not contacted. The ratio is 1 when contacting did nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MINIMUM = 5  # contacted guichets under which nothing is said
Z_95 = 1.96
_SERREE = 1e6  # concentration of a prior when rates do not differ
Reels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Suivie:
    """A guichet and indicator: anomalies and units before, then since; `groupe` is its own kind."""

    groupe: str
    n_avant: int
    d_avant: int
    n: int
    d: int


@dataclass(frozen=True, slots=True)
class Effet:
    """What is observed over what was expected, with its 95 % interval; `nombre`: how many."""

    nombre: int
    observees: int
    attendues: float
    rapport: float
    borne_basse: float
    borne_haute: float

    @property
    def net(self) -> bool:
        """Tell whether chance and the trend alone do not explain it."""
        return self.borne_haute < 1 or self.borne_basse > 1


@dataclass(frozen=True, slots=True)
class _Groupe:
    """Of a group: its expected rates (mean, variance), and the trend with its relative variance."""

    attendu: float
    variance: float
    bruit: float


def effet(contactees: Sequence[Suivie], temoins: Sequence[Suivie]) -> Effet | None:
    """Return the effect of contacting; None under MINIMUM guichets, or without any unit since."""
    if len(contactees) < MINIMUM:
        return None
    groupes = [
        _groupe(
            [une for une in contactees if une.groupe == nom],
            [une for une in temoins if une.groupe == nom],
        )
        for nom in sorted({une.groupe for une in contactees})
    ]
    attendues = sum(un.attendu for un in groupes)
    if not attendues:
        return None
    observees = sum(une.n for une in contactees)
    rapport = observees / attendues
    # What is observed varies around its own mean; half a case stands for none.
    vu = max(observees, 0.5)
    bruit = sum(un.bruit for un in groupes) / attendues
    relative = bruit / vu + sum(un.variance for un in groupes) / attendues**2
    marge = float(np.exp(Z_95 * np.sqrt(relative)))
    return Effet(
        len(contactees),
        observees,
        attendues,
        rapport,
        (vu / attendues) / marge,
        (vu / attendues) * marge,
    )


def _groupe(contactees: Sequence[Suivie], temoins: Sequence[Suivie]) -> _Groupe:
    alpha, beta = _loi(np.array([(un.n_avant, un.d_avant) for un in (*contactees, *temoins)]))
    moyennes, variances, unites = _a_venir(contactees, alpha, beta)
    tendance, incertitude = 1.0, 0.0
    if temoins:
        leurs, leurs_variances, leurs_unites = _a_venir(temoins, alpha, beta)
        prevues = float(np.sum(leurs_unites * leurs))
        vues = sum(un.n for un in temoins)
        if prevues and vues:
            tendance = vues / prevues
            hasard = np.sum(leurs_unites * leurs * (1 - leurs) + leurs_unites**2 * leurs_variances)
            incertitude = float(hasard) / prevues**2
    attendus = tendance * unites * moyennes
    total = float(np.sum(attendus))
    des_taux = float(np.sum((tendance * unites) ** 2 * variances))
    bruit = float(np.sum(attendus * np.clip(1 - tendance * moyennes, 0, 1)))
    return _Groupe(total, des_taux + total**2 * incertitude, bruit)


def _a_venir(suivies: Sequence[Suivie], alpha: float, beta: float) -> tuple[Reels, Reels, Reels]:
    """Return the mean and variance of the rate that each is expected to have, its units since."""
    n, d, depuis = (
        np.array([getattr(un, nom) for un in suivies], dtype=np.float64)
        for nom in ("n_avant", "d_avant", "d")
    )
    a, b = alpha + n, beta + d - n
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1)), depuis


def _loi(comptes: NDArray[np.int64]) -> tuple[float, float]:
    """Return the beta law of the rates of a group, by moments (weighted by units)."""
    n, d = comptes[:, 0].astype(np.float64), comptes[:, 1].astype(np.float64)
    garde = d > 0
    n, d = n[garde], d[garde]
    total = float(np.sum(d))
    moyenne = float(np.clip(np.sum(n) / total, 1e-4, 1 - 1e-4)) if total else 0.5
    ecart = float(np.sum(d * (n / d - moyenne) ** 2)) - (len(d) - 1) * moyenne * (1 - moyenne)
    poids = total - float(np.sum(d**2)) / total if total else 0.0
    entre = ecart / poids if poids > 0 else 0.0
    concentration = moyenne * (1 - moyenne) / entre - 1 if entre > 0 else _SERREE
    concentration = float(np.clip(concentration, 0.5, _SERREE))
    return moyenne * concentration, (1 - moyenne) * concentration

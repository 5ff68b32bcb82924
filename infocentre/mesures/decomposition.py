"""Why a rate moved: the part of each guichet's own rate, and that of who has the volume.

Kitagawa's decomposition (1955): with weights w = d / Σd and rates p = n / d, the movement of
Σ w·p between two dates is the sum over guichets of (p₁ − p₀)·(w₀ + w₁)/2, its rate, and of
(w₁ − w₀)·((p₀ + p₁)/2 − R), its place among others, where R is the mean of both whole rates.
Both halves of the interaction go to each side, which is the Shapley value for two factors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compte:
    """Anomalies among units."""

    n: int = 0
    d: int = 0

    @property
    def taux(self) -> float | None:
        """Rate, None without a unit."""
        return self.n / self.d if self.d else None


@dataclass(frozen=True, slots=True)
class Part:
    """What a guichet adds to the movement of the whole, as ratios: its rate, its place."""

    guichet: str
    avant: Compte
    apres: Compte
    taux: float
    structure: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.taux + self.structure


def ensemble(comptes: Mapping[str, Compte]) -> Compte:
    """Return the counts of all guichets."""
    return Compte(sum(un.n for un in comptes.values()), sum(un.d for un in comptes.values()))


def decomposer(avant: Mapping[str, Compte], apres: Mapping[str, Compte]) -> list[Part]:
    """Split the movement of a rate among guichets, the largest part first; [] without a rate.

    The parts add up to the movement. A guichet without a unit at one of the dates has no rate to
    change: all its part is structure.
    """
    debut, fin = ensemble(avant), ensemble(apres)
    if debut.taux is None or fin.taux is None:
        return []
    moyenne = (debut.taux + fin.taux) / 2
    parts = []
    for guichet in avant.keys() | apres.keys():
        a, b = avant.get(guichet, Compte()), apres.get(guichet, Compte())
        taux_a, taux_b = a.taux, b.taux
        p0 = taux_a if taux_a is not None else taux_b
        p1 = taux_b if taux_b is not None else taux_a
        if p0 is None or p1 is None:
            continue
        w0, w1 = a.d / debut.d, b.d / fin.d
        parts.append(
            Part(
                guichet,
                a,
                b,
                taux=(p1 - p0) * (w0 + w1) / 2,
                structure=(w1 - w0) * ((p0 + p1) / 2 - moyenne),
            )
        )
    return sorted(parts, key=lambda une: (-abs(une.total), une.guichet))

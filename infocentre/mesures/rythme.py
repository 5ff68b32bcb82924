"""At this pace, when an objective is reached: an interval whose coverage is measured, or why not.

What is missing is made up by what each month brings above the share that is due. Months vary by
chance at least: one path in twenty is out on each side, by the variance of what a month
brings and the uncertainty of the pace itself, and no distribution is assumed beyond. A pace may
have changed within the year: the interval holds that of all months and that of the last ones.
`benchmarks.objectifs` measures how often the day falls in it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from infocentre.mesures.probabilites import quantile_de_student

HORIZON = 3 * 365  # days beyond which nobody goes on at the same pace
ATTRIBUTIONS, MOIS = 30, 6  # fewer say no pace; so many last months say what it has become
COTE = 0.95  # of the paths, each side: 9 days in 10 at least fall in the interval


class Apport(NamedTuple):
    """What a month brought: attributions that count, out of how many, in how many days."""

    realise: int
    sur: int
    jours: int


Etat = Literal["atteint", "date", "jamais", "incertain", "peu"]


@dataclass(frozen=True, slots=True)
class Prevision:
    """`etat`: reached already, on a day of an interval, never at this pace, or it cannot be told.

    `bas`, `haut`: days from the arrêté between which it is reached; None where there is no end.
    """

    etat: Etat
    bas: float | None = None
    haut: float | None = None
    milieu: float | None = None

    def jour(self, arrete: dt.date, quand: float | None) -> dt.date | None:
        """Return the day that so many days make."""
        return None if quand is None else arrete + dt.timedelta(days=math.ceil(quand))


def prevoir(manque: float, apports: Sequence[Apport], part: float) -> Prevision:
    """Return when what is missing is made up, as the months that are known bring it.

    `part` is the share that is due of each attribution, 0 when a number is: then each counts whole.
    """
    if manque <= 0:
        return Prevision("atteint")
    jours, sur = sum(un.jours for un in apports), sum(un.sur for un in apports)
    if len(apports) < MOIS or sur < ATTRIBUTIONS:
        return Prevision("peu")
    passages = [_passages(manque, un, part) for un in (apports, apports[-MOIS:])]
    premier, dernier = min(bas for bas, _ in passages), max(haut for _, haut in passages)
    if premier > HORIZON:
        return Prevision("jamais", HORIZON)
    if dernier > HORIZON:
        return Prevision("incertain", premier)
    pente = sum(un.realise - part * un.sur for un in apports) / jours
    return Prevision("date", premier, dernier, manque / pente)


def _variance(apports: Sequence[Apport], part: float) -> float:
    """Return the variance of what a day brings: that of months, chance's own at least."""
    jours = sum(un.jours for un in apports)
    hasard = sum(un.realise * (1 - part) ** 2 + (un.sur - un.realise) * part**2 for un in apports)
    pente = sum(un.realise - part * un.sur for un in apports) / jours
    ecarts = sum((un.realise - part * un.sur - pente * un.jours) ** 2 for un in apports)
    return max(hasard, ecarts * len(apports) / (len(apports) - 1)) / jours


def _passages(manque: float, apports: Sequence[Apport], part: float) -> tuple[float, float]:
    """Return the first days when the upper and the lower path reach what is missing, inf if never.

    Both solve (pente × t − manque)² = largeur × (t + t² / jours): chance, then the pace's doubt.
    """
    jours = sum(un.jours for un in apports)
    pente = sum(un.realise - part * un.sur for un in apports) / jours
    largeur = quantile_de_student(COTE, len(apports) - 1) ** 2 * _variance(apports, part)
    a = pente**2 - largeur / jours
    b = 2 * manque * pente + largeur
    racine = math.sqrt(max(b**2 - 4 * a * manque**2, 0.0))
    if a > 0:
        if b <= 0:
            return math.inf, math.inf
        return (b - racine) / (2 * a), (b + racine) / (2 * a) if pente > 0 else math.inf
    # The slope is not told from none: the upper path alone is sure to reach it.
    return 2 * manque**2 / (b + racine) if b + racine > 0 else math.inf, math.inf

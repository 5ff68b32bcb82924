"""Days and months as whole numbers, so that numpy can work on them."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Entiers: TypeAlias = npt.NDArray[np.int64]
Reels: TypeAlias = npt.NDArray[np.float64]
Masque: TypeAlias = npt.NDArray[np.bool_]

JAMAIS = 2**30
"""A day that never comes: larger than every arrêté."""

_ORIGINE = date(1970, 1, 1)


def jour(quand: date) -> int:
    """Return the number of days since 1970-01-01."""
    return (quand - _ORIGINE).days


def indice_mois(quand: date) -> int:
    """Return the number of months since January 1970."""
    return (quand.year - 1970) * 12 + quand.month - 1


def premier_jour(mois: int) -> date:
    """Return the first day of a month counted since January 1970."""
    return date(1970 + mois // 12, mois % 12 + 1, 1)


def dernier_jour(mois: int) -> date:
    """Return the last day of a month counted since January 1970."""
    return date.fromordinal(premier_jour(mois + 1).toordinal() - 1)


def nom_mois(mois: int) -> str:
    """Return `AAAA-MM`."""
    return premier_jour(mois).isoformat()[:7]


def mois_des_jours(jours: Entiers) -> Entiers:
    """Return the month of each day, counted since January 1970."""
    return _dates(jours).astype("datetime64[M]").astype(np.int64)


def plus_mois(jours: Entiers, nombre: int) -> Entiers:
    """Add calendar months (31/01 + 1 month = last day of February)."""
    debut = _dates(jours).astype("datetime64[M]")
    cible = debut + np.timedelta64(nombre, "M")
    rang = _dates(jours) - debut.astype("datetime64[D]")
    dernier = (cible + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    somme: Entiers = np.minimum(cible.astype("datetime64[D]") + rang, dernier).astype(np.int64)
    return somme


def _dates(jours: Entiers) -> npt.NDArray[np.datetime64]:
    return jours.astype("datetime64[D]")

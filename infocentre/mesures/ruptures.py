"""Did the habits of entry change? Then what earlier months became says nothing of the young ones.

Two signs, on triangles (series, recul, ages) as those of `estimations`. A step of ages that the
newest arrêtés no longer make as the earlier ones did taints every estimate of the series. A month
whose count is far from what the others had at the same age taints its own: activity or habit,
nobody can tell yet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from infocentre.mesures.probabilites import en_normale

Reels = NDArray[np.float64]
Booleens = NDArray[np.bool_]

# What is remembered: two years of steps, seen by 25 arrêtés.
ARRETES = 25
PAIRES, ANCIENNES = 5, 3
# How far from the earlier ones, in standard deviations, and by how much at least, in ratio.
PAS = (4.5, 0.05)
NIVEAU = (2.0, 0.2)
ENSEMBLE, CHACUN = 3, 0.5
UN_AN, SAISON = 12, 1.5
# A month that is nearly whole is what it is, whatever the others were.
ENTIER = 0.95


def recents(triangles: Reels) -> Reels:
    """Return the triangles as the newest ARRETES tell them, NaN before."""
    recul, age = np.indices(triangles.shape[1:])
    return np.where(recul - age < ARRETES, triangles, np.nan)


def ruptures(triangles: Reels, completude: Reels) -> Booleens:
    """Tell, per (series, age), the months whose estimate a change of habits may make wrong.

    `completude`: what part of its estimate each month shows, NaN where it has none.
    """
    vus = recents(triangles)
    jeunes = completude < ENTIER
    tachees: Booleens = _pas_rompus(vus)[:, None] | (_niveaux_etranges(vus) & jeunes)
    tachees[:, -1] = False
    return tachees & ~np.isnan(completude)


def _pas_rompus(triangles: Reels) -> Booleens:
    """Tell the series where, for some step and some date, factors differ before and since."""
    avant, apres = _paires(triangles)
    nombre = (avant > 0).sum(axis=2)
    cumuls = [un.cumsum(axis=2) for un in (avant, apres, _carres(apres, avant))]
    rompus = np.zeros(len(triangles), dtype=np.bool_)
    for neuves in range(1, avant.shape[2]):
        depuis = [un[:, :, neuves - 1] for un in cumuls]
        jusque = [un[:, :, -1] - recent for un, recent in zip(cumuls, depuis, strict=True)]
        assez = (nombre >= PAIRES) & (nombre - neuves >= ANCIENNES)
        rompus |= (assez & _differents(jusque, depuis, nombre)).any(axis=1)
    return rompus


def _paires(triangles: Reels) -> tuple[Reels, Reels]:
    """Return what each step started from and came to, (series, steps, arrêtés), newest first.

    0 where it was not seen.
    """
    pas, arretes = np.indices((triangles.shape[2] - 1, ARRETES - 1))
    recul = np.minimum(arretes + pas + 1, triangles.shape[1] - 1)
    dehors = arretes + pas + 1 >= triangles.shape[1]
    avant, apres = triangles[:, recul, pas], triangles[:, recul, pas + 1]
    manque = np.isnan(avant) | np.isnan(apres) | (avant <= 0) | dehors
    return np.where(manque, 0.0, avant), np.where(manque, 0.0, apres)


def _carres(apres: Reels, avant: Reels) -> Reels:
    return apres**2 / np.where(avant > 0, avant, 1.0)


def _differents(jusque: list[Reels], depuis: list[Reels], nombre: NDArray[np.int64]) -> Booleens:
    """Compare two factors of the same step, by the variance that each side shows around its own.

    A side is (what steps started from, what they came to, sum of squares of the second over the
    first). The variance is at least that of arrivals that know nothing of one another.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        anciens, neufs = jusque[1] / jusque[0], depuis[1] / depuis[0]
        degres = np.maximum(nombre - 2, 1)
        restes = sum(carres - apres**2 / avant for avant, apres, carres in (jusque, depuis))
        commun = (jusque[1] + depuis[1]) / (jusque[0] + depuis[0])
        hasard = np.abs(commun - 1) + 1 / (jusque[0] + depuis[0])
        variance = np.maximum(restes / degres, hasard) * (1 / jusque[0] + 1 / depuis[0])
        ecarts = en_normale(np.abs(neufs - anciens) / np.sqrt(variance), degres)
        differents: Booleens = (ecarts > PAS[0]) & (np.abs(neufs / anciens - 1) >= PAS[1])
    return differents


def ecarts_de_niveau(triangles: Reels) -> tuple[Reels, Reels, NDArray[np.int64]]:
    """Compare the newest count, per (series, age), with those of other months at that age.

    Return its distance, in logarithm, the standard deviation that such distances have, never less
    than that of counts, and how many others were seen.
    """
    ages = np.arange(triangles.shape[2])
    niveaux = np.log(np.maximum(triangles, 0.5))
    ici = niveaux[:, ages, ages]
    niveaux[:, ages, ages] = np.nan
    vus = ~np.isnan(niveaux)
    nombre = vus.sum(axis=1)
    sur = np.maximum(nombre, 1)
    moyens = np.where(vus, niveaux, 0.0).sum(axis=1) / sur
    carres = np.where(vus, (niveaux - moyens[:, None]) ** 2, 0.0).sum(axis=1)
    variance = np.maximum(carres / np.maximum(nombre - 1, 1), np.exp(-moyens)) * (1 + 1 / sur)
    return np.where(nombre >= PAIRES, ici - moyens, 0.0), np.sqrt(variance), nombre


def _niveaux_etranges(triangles: Reels) -> Booleens:
    """Tell the newest counts, per age, that are far from those of other months at that age.

    The newest months are looked at one by one, then two and three together when each
    is half a standard deviation away at least: a habit lasts.
    """
    distances, types, nombre = ecarts_de_niveau(triangles)
    ecarts = en_normale(np.abs(distances) / types, np.maximum(nombre - 1, 1))
    etranges = _loin(ecarts, distances)
    signes = ecarts * np.sign(distances)
    for mois in range(2, ENSEMBLE + 1):
        reunis = np.abs(signes[:, :mois].sum(axis=1)) / np.sqrt(mois)
        chacun = (ecarts[:, :mois] > CHACUN).all(axis=1)
        loin = chacun & _loin(reunis, distances[:, :mois].mean(axis=1))
        etranges[:, :mois] |= loin[:, None]
    return etranges & ~_de_saison(triangles)


def _de_saison(triangles: Reels) -> Booleens:
    """Tell the newest counts, per age, that the same month had a year before, but for chance."""
    distances, types = ecarts_d_un_an(triangles)
    de_saison: Booleens = np.abs(distances) < SAISON * types
    return de_saison


def ecarts_d_un_an(triangles: Reels) -> tuple[Reels, Reels]:
    """Compare the newest count, per (series, age), with that of a year before at that age.

    Return its distance, in logarithm, and the standard deviation of two counts; NaN where the
    month of a year before was not seen.
    """
    ages = np.arange(triangles.shape[2])
    avant = np.full((len(triangles), len(ages)), np.nan)
    vus = ages + UN_AN < triangles.shape[1]
    avant[:, vus] = triangles[:, ages[vus] + UN_AN, ages[vus]]
    ici, avant = np.maximum(triangles[:, ages, ages], 0.5), np.maximum(avant, 0.5)
    return np.log(ici / avant), np.sqrt(1 / ici + 1 / avant)


def _loin(ecarts: Reels, distances: Reels) -> Booleens:
    loin: Booleens = (ecarts > NIVEAU[0]) & (np.abs(np.expm1(distances)) > NIVEAU[1])
    return loin

"""Activity or habit? A month may come to what its count announces, or to what others came to.

A count that is low at its age is that of a month of little work, or one of which less was entered
in time: nobody can tell yet. The interval of its final count holds both, as likely as the count
makes them: beside a count like the others, nothing changes. Where counts differ by so much that
nothing is as before, habits weigh the more: to be wrong about work costs less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infocentre.mesures.probabilites import en_student

Reels = NDArray[np.float64]

Z_95 = 1.96
MOIS = 5  # that others came to, under which they tell nothing
UN_AN = 12
PARI = 2  # how many times likelier is a change of habits than one of work
PORTEE = 0.4  # how far, in logarithm, work or habits may go at once
_MOITIES = 40


@dataclass(frozen=True, slots=True)
class Loi:
    """A normal law of the logarithm of a final count."""

    centre: Reels
    ecart: Reels

    def au_dessus(self, logarithmes: Reels) -> Reels:
        """Return the chance to be over."""
        return _queue((logarithmes - self.centre) / self.ecart)


def niveau(finals: Reels, mois: int) -> Loi:
    """Return what each of the newest months, so many, comes to when it is like others.

    `finals` is (series, months), newest first, NaN where not known; the law is (series, mois), NaN
    under MOIS of them. Others are all months, or the same month a year before where past months
    were nearer to it.
    """
    vus = np.isfinite(finals) & (finals > 0)
    logarithmes = np.where(vus, np.log(np.where(vus, finals, 1.0)), np.nan)
    moyenne = _moyenne(logarithmes)
    centre, ecart = _autour(logarithmes, moyenne, np.exp(-moyenne))
    tous = Loi(np.tile(centre, mois), np.tile(ecart, mois))
    if finals.shape[1] < mois + UN_AN:
        return tous
    d_un_an = logarithmes[:, :-UN_AN] - logarithmes[:, UN_AN:]
    meme, ecart_d_un_an = _autour(d_un_an, np.zeros_like(moyenne), 2 * np.exp(-moyenne))
    un_an_avant = logarithmes[:, UN_AN : UN_AN + mois] + meme
    de_saison = (ecart_d_un_an < ecart) & np.isfinite(un_an_avant)
    return Loi(
        np.where(de_saison, un_an_avant, tous.centre),
        np.where(de_saison, ecart_d_un_an, tous.ecart),
    )


def _moyenne(logarithmes: Reels) -> Reels:
    """Return the mean of each series, NaN under MOIS values."""
    vus = np.isfinite(logarithmes)
    nombre = vus.sum(axis=1, keepdims=True)
    sommes = np.where(vus, logarithmes, 0.0).sum(axis=1, keepdims=True)
    return np.where(nombre >= MOIS, sommes / np.maximum(nombre, 1), np.nan)


def _autour(logarithmes: Reels, centres: Reels, hasard: Reels) -> tuple[Reels, Reels]:
    """Return the centres, NaN under MOIS values, and how far a new value may be from them.

    Their variance is at least that of counts, `hasard`.
    """
    vus = np.isfinite(logarithmes)
    sur = np.maximum(vus.sum(axis=1, keepdims=True), 2)
    carres = np.where(vus, logarithmes - centres, 0.0) ** 2
    variances = np.fmax(carres.sum(axis=1, keepdims=True) / (sur - 1), hasard)
    ecarts = np.sqrt(variances * (1 + 1 / sur)) * en_student(Z_95, sur - 1) / Z_95
    assez = vus.sum(axis=1, keepdims=True) >= MOIS
    return np.where(assez, centres, np.nan), np.where(assez, ecarts, np.nan)


def poids_des_autres(*comparaisons: tuple[Reels, Reels]) -> Reels:
    """Return the chance that habits changed, of a count so far from others at its age.

    A comparison is (distance in logarithm, its standard deviation if nothing changed), NaN where
    there is none; the nearest counts.
    """
    plate = 1 / (2 * PORTEE)
    densites = np.array([np.nan_to_num(_densite(*une)) for une in comparaisons], dtype=np.float64)
    pareille: Reels = densites.max(axis=0)
    poids: Reels = PARI * plate / (pareille + (PARI + 1) * plate)
    return poids


def _densite(distances: Reels, ecarts: Reels) -> Reels:
    densites: Reels = np.exp(-((distances / ecarts) ** 2) / 2) / (np.sqrt(2 * np.pi) * ecarts)
    return densites


def bornes(annoncee: Loi, autres: Loi, poids: Reels) -> tuple[Reels, Reels]:
    """Return the 95 % interval, in logarithm, of two laws; `poids`: the chance of the second."""

    def au_dessus(logarithmes: Reels) -> Reels:
        return (1 - poids) * annoncee.au_dessus(logarithmes) + poids * autres.au_dessus(logarithmes)

    dehors = float(_queue(np.array(Z_95)))
    loin = 8 * np.maximum(annoncee.ecart, autres.ecart)
    plus_bas = np.minimum(annoncee.centre, autres.centre) - loin
    plus_haut = np.maximum(annoncee.centre, autres.centre) + loin
    trouvees = []
    for chance in (1 - dehors, dehors):
        bas, haut = plus_bas, plus_haut
        for _ in range(_MOITIES):
            milieu = (bas + haut) / 2
            monte = au_dessus(milieu) > chance
            bas, haut = np.where(monte, milieu, bas), np.where(monte, haut, milieu)
        trouvees.append((bas + haut) / 2)
    return trouvees[0], trouvees[1]


def _queue(z: Reels) -> Reels:
    """Return the normal chance to be over `z`, to 2 in 10 000 (E. Page, 1977)."""
    exposants = np.clip(1.5976 * z + 0.07056 * z**3, -700, 700)
    queue: Reels = 1 / (1 + np.exp(exposants))
    return queue

"""Invented worlds where the truth is known: months without change, late entries, contacts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infocentre.mesures.effets import Suivie
from infocentre.mesures.estimations import AGES
from infocentre.mesures.probabilites import numerateurs_rouges

Reels = NDArray[np.float64]
Entiers = NDArray[np.int64]
Comptes = tuple[Entiers, Entiers]  # anomalies, units

EFFECTIF_MINIMAL = 20
# A year's units of a guichet: most do little, a few do much, as at 60 000 active demandes.
_EFFECTIF, _DISPERSION = 120.0, 1.3


def _reste(part: int) -> float:
    """Return what later deliveries add up to, so that halves of it and of halves come to it."""
    return (1 - part / 100) / (1 - 2.0 ** (1 - AGES))


# Share of a month's units that its own delivery shows, then what each later one adds.
HABITUDES: dict[str, tuple[float, ...]] = {
    "promptes": (0.9, 0.06, 0.02, 0.01, 0.004, 0.002, 0.001, 0.001, 5e-4, 5e-4, 5e-4, 5e-4),
    "moyennes": (0.6, 0.2, 0.08, 0.04, 0.03, 0.02, 0.01, 0.01, 0.004, 0.003, 0.002, 0.001),
    "relâchées": (
        0.3,
        0.35,
        0.14,
        0.07,
        0.0525,
        0.035,
        0.0175,
        0.0175,
        0.007,
        0.00525,
        0.0035,
        0.00175,
    ),
    "lentes": (0.25, 0.25, 0.15, 0.1, 0.08, 0.05, 0.04, 0.03, 0.02, 0.015, 0.01, 0.005),
}

# So many of a month's units in its own delivery, then half of what is left in each later one.
HABITUDES |= {
    f"{part} %": (part / 100, *(_reste(part) / 2**age for age in range(1, AGES)))
    for part in (70, 60, 55, 45, 35)
}


def annees(
    alea: np.random.Generator, guichets: int, indicateurs: int
) -> tuple[Entiers, Entiers, Reels]:
    """Draw units of a year, of the year before, and the rate of each guichet and indicator."""
    taille = alea.lognormal(np.log(_EFFECTIF), _DISPERSION, (guichets, 1))
    attendus = taille * alea.uniform(0.2, 1, (1, indicateurs))
    effectifs = alea.poisson(attendus, (2, guichets, indicateurs))
    taux = alea.beta(2, 40, (1, indicateurs)) * alea.gamma(4, 0.25, (guichets, indicateurs))
    return effectifs[0].ravel(), effectifs[1].ravel(), np.minimum(taux, 0.5).ravel()


def mois_sans_changement(
    alea: np.random.Generator, guichets: int = 100, indicateurs: int = 25
) -> tuple[Comptes, Comptes]:
    """Draw what the page of a month compares when no true rate moved: before, then now.

    The year against the year before, and its last month against the eleven before.
    """
    effectif, avant, taux = annees(alea, guichets, indicateurs)
    dernier = alea.binomial(effectif, 1 / 12)
    anomalies = [alea.binomial(un, taux) for un in (avant, effectif - dernier, dernier)]
    d_avant = np.concatenate([avant, effectif - dernier])
    n_avant = np.concatenate(anomalies[:2])
    d, n = np.concatenate([effectif, dernier]), np.concatenate([sum(anomalies[1:]), anomalies[2]])
    assez = (d >= EFFECTIF_MINIMAL) & (d_avant >= EFFECTIF_MINIMAL)
    return (n_avant[assez], d_avant[assez]), (n[assez], d[assez])


@dataclass(frozen=True, slots=True)
class Monde:
    """How units come and are entered.

    `volume`: units a month; `activite`: how much it varies, in logarithm; `ete`: what August
    loses; `saison`: what the newest month of a year has less than the mean, and its opposite more;
    `regularite`: how alike the entries of months are, None when only chance tells them apart;
    `ensuite`: the habits of the last `depuis` months.
    """

    habitudes: str
    volume: float
    activite: float = 0.0
    ete: float = 0.0
    regularite: float | None = None
    ensuite: str = ""
    depuis: int = 0
    saison: float = 0.0

    def tirer(self, alea: np.random.Generator, series: int, arretes: int) -> tuple[Reels, Reels]:
        """Draw triangles as the newest arrêté knows them, and what its 12 months will come to."""
        nombre = arretes + AGES - 1
        triangles = np.full((series, nombre, AGES), np.nan)
        finals = np.zeros((series, nombre))
        for recul in range(nombre):
            finals[:, recul], cumuls = self._mois(alea, series, recul)
            for age in range(AGES):
                if 0 <= recul - age < arretes:
                    triangles[:, recul, age] = cumuls[:, age]
        return triangles, finals[:, :AGES]

    def _mois(self, alea: np.random.Generator, series: int, recul: int) -> tuple[Reels, Reels]:
        niveaux = self.volume * np.exp(alea.normal(0, self.activite, series))
        niveaux *= 1 - self.ete * (recul % 12 == 2)
        niveaux *= 1 - self.saison * np.cos(2 * np.pi * recul / 12)
        nom = self.ensuite if recul < self.depuis else self.habitudes
        parts = np.tile(np.array(HABITUDES[nom]), (series, 1))
        if self.regularite is not None:
            parts = alea.gamma(parts * self.regularite + 1e-9)
        parts /= parts.sum(axis=1, keepdims=True)
        finals = alea.poisson(niveaux)
        cumuls = alea.multinomial(finals, parts).cumsum(axis=1)
        return finals.astype(np.float64), cumuls.astype(np.float64)


def mondes_stables() -> Iterator[Monde]:
    """Yield worlds whose habits never change: prompt or slow, small or large, calm or not."""
    for habitudes in ("promptes", "moyennes", "lentes"):
        for volume in (40, 150, 1000, 5000):
            yield Monde(habitudes, volume)
            yield Monde(habitudes, volume, activite=0.1, ete=0.2, regularite=300)


@dataclass(frozen=True, slots=True)
class Signalements:
    """A year of guichets, their months since, and some of those that were red contacted.

    `contactees`: how many guichets and indicators, None for all that are red; `baisse`: what
    contacting takes off their rate; `derive`: how much each rate moves by itself once the year is
    over, in logarithm, `commune` the part of its variance that a guichet's indicators share;
    `passager`: how much the year itself was unlike the guichet, and the months since are;
    `tendance`: what all rates are multiplied by, by type of guichet too if `par_type`.
    """

    contactees: int | None = 10
    baisse: float = 0.0
    derive: float = 0.0
    commune: float = 0.0
    passager: float = 0.0
    tendance: float = 1.0
    par_type: bool = False
    effectif: float = 150.0
    guichets: int = 100
    indicateurs: int = 6

    def tirer(self, alea: np.random.Generator) -> tuple[list[Suivie], list[Suivie]]:
        """Draw those contacted, then the others."""
        forme = self.guichets, self.indicateurs
        types = alea.integers(0, 3, (self.guichets, 1))
        habitudes = np.exp(alea.normal(np.log(0.025), 0.7, forme))
        taux = np.minimum(habitudes * np.exp(alea.normal(0, self.passager, forme)), 0.6)
        tailles = self.effectif * np.exp(alea.normal(0, 0.6, (self.guichets, 1)))
        d_avant = alea.poisson(tailles * np.ones(forme)) + EFFECTIF_MINIMAL
        n_avant = alea.binomial(d_avant, taux)
        contactees = self._choisir(alea, n_avant, d_avant)
        depuis = habitudes * np.exp(alea.normal(0, self.passager, forme)) if self.passager else taux
        depuis = depuis * self.tendance * np.where(contactees, 1 - self.baisse, 1.0)
        if self.par_type:
            depuis = depuis * np.array([0.7, 1.0, 1.4])[types]
        d = alea.poisson(d_avant / 2)
        n = alea.binomial(d, np.minimum(depuis * self._deriver(alea), 0.95))
        suivies: tuple[list[Suivie], list[Suivie]] = [], []
        for (g, i), contactee in np.ndenumerate(contactees):
            comptes = (int(un[g, i]) for un in (n_avant, d_avant, n, d))
            suivies[not contactee].append(Suivie(str(g), f"{types[g, 0]}/{i}", "", *comptes))
        return suivies

    def _choisir(
        self, alea: np.random.Generator, anomalies: Entiers, unites: Entiers
    ) -> NDArray[np.bool_]:
        seuils = numerateurs_rouges(np.full(unites.size, 0.05), unites.ravel())
        rouges = np.flatnonzero(anomalies.ravel() >= seuils)
        choisies = np.zeros(unites.size, dtype=np.bool_)
        choisies[alea.permutation(rouges)[: self.contactees]] = True
        return choisies.reshape(unites.shape)

    def _deriver(self, alea: np.random.Generator) -> Reels:
        communes = alea.normal(0, self.derive * np.sqrt(self.commune), (self.guichets, 1))
        propres = alea.normal(
            0, self.derive * np.sqrt(1 - self.commune), (self.guichets, self.indicateurs)
        )
        return np.exp(communes + propres)

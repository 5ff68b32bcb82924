"""Statistics: what chance alone colours, moves or breaks, where the truth is known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.outils import Mesure
from benchmarks.simulations import (
    Comptes,
    Monde,
    Reels,
    mois_sans_changement,
    mondes_stables,
)
from infocentre.catalogue import lire_catalogue
from infocentre.mesures.estimations import AGES, Estimation, estimer
from infocentre.mesures.probabilites import (
    chances_d_un_ecart,
    numerateurs_rouges,
    retenir_ensemble,
)

EFFECTIFS = range(20, 1001)
MOIS, PLANTES = 1000, 200
SERIES = 1000
ARRETES = (7, 13, 25)
TENU = 500  # units a month: fewer, in an unsettled world, a half missing may be a quiet month
MILIEUX = {
    "calm": Monde("moyennes", 0, activite=0.03, ensuite="relâchées"),
    "unsettled": Monde("moyennes", 0, activite=0.1, ete=0.2, regularite=300, ensuite="relâchées"),
}


def mesurer(_: Path) -> Iterator[Mesure]:
    """Measure rouge, movements, then estimates."""
    yield from _rouges()
    yield from _mouvements()
    yield from _couvertures()
    yield from _ruptures()


# --- Rouge ----------------------------------------------------------------------------------------


def _rouges() -> Iterator[Mesure]:
    seuils = {un.seuils.rouge for un in lire_catalogue().indicateurs.values() if un.seuils}
    alea = np.random.default_rng(1)
    pire, tires, rouges = Fraction(0), 0, 0
    for seuil in sorted(seuils):
        moindres = numerateurs_rouges([seuil] * len(EFFECTIFS), EFFECTIFS).tolist()
        for effectif, rouge in zip(EFFECTIFS, moindres, strict=True):
            pire = max(pire, chance_d_etre_rouge(rouge, effectif, seuil))
        tirages = alea.binomial(EFFECTIFS, seuil, (1000, len(EFFECTIFS)))
        rouges, tires = rouges + int((tirages >= moindres).sum()), tires + tirages.size
    nom = f"rouge at the threshold, worst of {len(seuils)} thresholds and n 20 to 1 000"
    yield Mesure(nom, float(pire) * 100, "%", 1)
    yield Mesure("the same, 1 000 guichet-months drawn for each", 100 * rouges / tires, "%", 1)


def chance_d_etre_rouge(rouge: int, effectif: int, seuil: float) -> Fraction:
    """Return the exact chance of at least `rouge` anomalies at the threshold."""
    p = Fraction(str(seuil))
    oui, non = p.numerator, p.denominator - p.numerator
    terme, dessous = non**effectif, 0
    for k in range(rouge):
        dessous += terme
        terme = terme * (effectif - k) * oui // ((k + 1) * non)
    return 1 - Fraction(dessous, p.denominator**effectif)


# --- Movements ------------------------------------------------------------------------------------


def _mouvements() -> Iterator[Mesure]:
    alea = np.random.default_rng(2)
    montres, separes, faites = 0, 0, 0
    for _ in range(MOIS):
        avant, apres = mois_sans_changement(alea)
        montres += bool(retenir_ensemble(chances_d_un_ecart(avant, apres)).any())
        separes += bool(marges_separees(avant, apres).any())
        faites += len(avant[0])
    nom = f"months that show a movement, none of {faites // MOIS} comparisons true"
    yield Mesure(nom, 100 * montres / MOIS, "%", 5)
    yield Mesure("the same, when margins had only not to touch", 100 * separes / MOIS, "%")
    manques = 100 * (1 - sum(trouve_un_changement(alea) for _ in range(PLANTES)) / PLANTES)
    yield Mesure("a true change missed (2 to 15 % of 400 units)", manques, "%", 5)


def marges_separees(avant: Comptes, apres: Comptes) -> np.ndarray:
    """Tell the pairs whose 95 % Wilson intervals do not touch."""
    (bas_avant, haut_avant), (bas, haut) = _wilson(*avant), _wilson(*apres)
    return np.asarray((bas > haut_avant) | (bas_avant > haut))


def _wilson(numerateurs: np.ndarray, denominateurs: np.ndarray) -> tuple[Reels, Reels]:
    z, p = 1.96, numerateurs / denominateurs
    centre = p + z * z / 2 / denominateurs
    rayon = z * np.sqrt(p * (1 - p) / denominateurs + z * z / 4 / denominateurs**2)
    return (centre - rayon) / (1 + z * z / denominateurs), (centre + rayon) / (
        1 + z * z / denominateurs
    )


def trouve_un_changement(alea: np.random.Generator) -> bool:
    """Tell whether one change among thousands of comparisons is told."""
    (n_avant, d_avant), (n, d) = mois_sans_changement(alea)
    n_avant[0], d_avant[0], n[0], d[0] = (
        alea.binomial(400, 0.02),
        400,
        alea.binomial(400, 0.15),
        400,
    )
    return bool(retenir_ensemble(chances_d_un_ecart((n_avant, d_avant), (n, d)))[0])


# --- Estimates ------------------------------------------------------------------------------------


def _couvertures() -> Iterator[Mesure]:
    pires, fausses = np.zeros(AGES - 1), []
    for rang, (monde, arretes) in enumerate(itertools.product(mondes_stables(), ARRETES)):
        triangles, finals = monde.tirer(np.random.default_rng(rang), SERIES, arretes)
        estimation = estimer(triangles)
        fausses.append(estimation.rupture[:, :-1].mean())
        pires = np.maximum(pires, _dehors(estimation, finals))
    for age, part in enumerate(pires):
        yield Mesure(
            f"age {age}: final counts out of the interval, worst world", 100 * part, "%", 7
        )
    yield Mesure("stable worlds: estimates withheld, mean", 100 * float(np.mean(fausses)), "%", 5)
    yield Mesure("stable worlds: estimates withheld, worst", 100 * float(np.max(fausses)), "%")


def _dehors(estimation: Estimation, finals: Reels) -> Reels:
    """Return the share of final counts out of their interval, per age; 0 where few estimated."""
    connus = ~np.isnan(estimation.estime)
    dehors = connus & ((finals < estimation.borne_basse) | (finals > estimation.borne_haute))
    nombre = connus.sum(axis=0)
    parts: Reels = np.where(nombre >= SERIES // 4, dehors.sum(axis=0) / np.maximum(nombre, 1), 0.0)
    return parts[:-1]


def _ruptures() -> Iterator[Mesure]:
    """Measure, over the 18 months after a change, the estimates it makes wrong without a word."""
    for nom, milieu in MILIEUX.items():
        for volume in (150, 500, 2000):
            fausses, tues, biais = apres_une_rupture(replace(milieu, volume=volume))
            limite = 0 if nom == "calm" else 1 if volume >= TENU else None
            yield Mesure(
                f"rupture, {nom}, {volume:.0f} a month: bias at its first arrêté", 100 * biais, "%"
            )
            yield Mesure(
                f"  wrong estimates without a warning, of {fausses}",
                100 * tues / max(fausses, 1),
                "%",
                limite,
            )


def apres_une_rupture(monde: Monde, series: int = 200) -> tuple[int, int, float]:
    """Return how many estimates are wrong, how many of them do not warn, and the first bias.

    Wrong: out of its interval, and by more than 20 %.
    """
    fausses, tues, biais = 0, 0, 0.0
    for depuis in range(1, 19):
        rompu = replace(monde, depuis=depuis)
        triangles, finals = rompu.tirer(np.random.default_rng(depuis), series, 25)
        estimation = estimer(triangles)
        faux = _faux(estimation, finals)
        fausses, tues = fausses + int(faux.sum()), tues + int((faux & ~estimation.rupture).sum())
        if depuis == 1:
            biais = float(np.nanmean(estimation.estime[:, 0] / finals[:, 0]) - 1)
    return fausses, tues, biais


def _faux(estimation: Estimation, finals: Reels) -> np.ndarray:
    dehors = (finals < estimation.borne_basse) | (finals > estimation.borne_haute)
    with np.errstate(divide="ignore", invalid="ignore"):
        loin = np.abs(estimation.estime / finals - 1) > 0.2
    return np.asarray(dehors & loin)

"""Statistics: what chance alone colours, moves, breaks or betters, where the truth is known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.outils import Mesure, donnees_copiees
from benchmarks.simulations import (
    Comptes,
    Monde,
    Reels,
    Signalements,
    mois_sans_changement,
    mondes_stables,
)
from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.lecture.effets import effet_suppose
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.mesures.effets import Effet, Silence, effet
from infocentre.mesures.estimations import AGES, Estimation, estimer
from infocentre.mesures.probabilites import (
    chances_d_un_ecart,
    numerateurs_rouges,
    retenir_ensemble,
)
from infocentre.noyau.etats import MAUVAIS
from infocentre.noyau.temps import mois_avant

EFFECTIFS = range(20, 1001)
MOIS, PLANTES = 1000, 200
SERIES = 1000
ARRETES = (7, 13, 25)
TENU = 500  # units a month: fewer, in an unsettled world, a half missing may be a quiet month
MILIEUX = {
    "calm": Monde("moyennes", 0, activite=0.03, ensuite="relâchées"),
    "unsettled": Monde("moyennes", 0, activite=0.1, ete=0.2, regularite=300, ensuite="relâchées"),
}


# Worlds drawn for each number of contacted, and parts of them that are out of the interval, or
# said better of nothing.
MONDES, CONTACTEES = 100, (5, 10, 20, 40)
HORS_INTERVALLE, DE_MOINS = 7, 5
TIRAGES = 4  # halves of the reds of a month taken, in the demonstration's own past
# Habits that stay: all that is odd in them is chance, the season or the work of the month.
RESTES = {
    f"{nom}, {volume} a month": replace(monde, volume=volume)
    for nom, monde in {
        "calm": Monde("70 %", 0),
        "activity": Monde("70 %", 0, activite=0.1),
        "August": Monde("70 %", 0, ete=0.3),
        "season": Monde("70 %", 0, saison=0.3),
        "overdispersed": Monde("70 %", 0, activite=0.05, regularite=100),
    }.items()
    for volume in (60, 200, 1000)
}


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Measure rouge, movements, estimates, then the effect of a measure."""
    yield from _rouges()
    yield from _mouvements()
    yield from _couvertures()
    yield from _ruptures()
    yield from _ruptures_moderees()
    yield from _effets()
    yield from _placebos(donnees_copiees(atelier))


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
                f"  wrong estimates of which nobody is told, of {fausses}",
                100 * tues / max(fausses, 1),
                "%",
                limite,
            )


def _ruptures_moderees() -> Iterator[Mesure]:
    """Measure the young months of a change of three months at most, small or large."""
    for part, volume in itertools.product((60, 55, 45, 35), (60, 200, 1000)):
        monde = Monde("70 %", volume, ensuite=f"{part} %")
        couvertes, averties, muettes, faites = (
            sum(un)
            for un in zip(
                *(jeunes_mois(replace(monde, depuis=un)) for un in (1, 2, 3)), strict=True
            )
        )
        dit = f"covered {100 * couvertes / faites:.0f} %, warned {100 * averties / faites:.0f} %"
        yield Mesure(
            f"70 to {part} %, {volume} a month: neither ({dit})", 100 * muettes / faites, "%", 10
        )
    for nom, monde in RESTES.items():
        couvertes, averties, _, faites = jeunes_mois(monde, ages=3)
        yield Mesure(f"habits unchanged, {nom}: out", 100 * (1 - couvertes / faites), "%", 10)
        yield Mesure("  warned", 100 * averties / faites, "%")


def jeunes_mois(
    monde: Monde, series: int = 150, ages: int | None = None
) -> tuple[int, int, int, int]:
    """Return how many young estimates hold the truth, warn, do neither, and how many there are.

    Young: of the months since the change, or of so many ages.
    """
    triangles, finals = monde.tirer(np.random.default_rng(28), series, 25)
    estimation, jeunes = estimer(triangles), slice(ages or monde.depuis)
    dedans = (estimation.borne_basse <= finals) & (finals <= estimation.borne_haute)
    faites = ~np.isnan(estimation.estime[:, jeunes])
    couvertes, averties = dedans[:, jeunes] & faites, estimation.rupture[:, jeunes] & faites
    muettes = faites & ~couvertes & ~averties
    return int(couvertes.sum()), int(averties.sum()), int(muettes.sum()), int(faites.sum())


def apres_une_rupture(monde: Monde, series: int = 200) -> tuple[int, int, float]:
    """Return how many estimates are wrong, by how many nobody is told, and the first bias.

    Wrong: by more than 20 %; told: by a warning, or by an interval that holds the truth.
    """
    fausses, tues, biais = 0, 0, 0.0
    for depuis in range(1, 19):
        rompu = replace(monde, depuis=depuis)
        triangles, finals = rompu.tirer(np.random.default_rng(depuis), series, 25)
        estimation = estimer(triangles)
        faux, dehors = _faux(estimation, finals)
        fausses += int(faux.sum())
        tues += int((faux & dehors & ~estimation.rupture).sum())
        if depuis == 1:
            biais = float(np.nanmean(estimation.estime[:, 0] / finals[:, 0]) - 1)
    return fausses, tues, biais


def _faux(estimation: Estimation, finals: Reels) -> tuple[np.ndarray, np.ndarray]:
    dehors = (finals < estimation.borne_basse) | (finals > estimation.borne_haute)
    with np.errstate(divide="ignore", invalid="ignore"):
        loin = np.abs(estimation.estime / finals - 1) > 0.2
    return loin, dehors


# --- Effect of a measure --------------------------------------------------------------------------


def mondes_des_signalements() -> Iterator[tuple[str, Signalements]]:
    """Yield worlds by name: drifts, common to a guichet or not, then all else that may mislead."""
    yield "nothing drifts", Signalements()
    for derive, commune in itertools.product((0.1, 0.15, 0.2, 0.3, 0.4), (0.0, 1.0)):
        nom = f"drift {100 * derive:.0f} %{', a guichet at once' if commune else ''}"
        yield nom, Signalements(derive=derive, commune=commune)
    for baisse in (0.2, 0.4):
        yield f"drift 20 %, {100 * baisse:.0f} % less", Signalements(derive=0.2, baisse=baisse)
    for tendance in (0.7, 1.3):
        yield f"all x {tendance}", Signalements(tendance=tendance)
    yield "trends by type", Signalements(par_type=True, derive=0.2)
    yield "small guichets", Signalements(effectif=40, derive=0.2)
    yield "a year unlike the guichet by 20 %", Signalements(passager=0.2)
    yield "all reds contacted, x 0.7", Signalements(contactees=None, tendance=0.7, derive=0.2)


def _effets() -> Iterator[Mesure]:
    par_nombre: dict[int | None, list[tuple[Effet | Silence, float]]] = {}
    for nom, monde in mondes_des_signalements():
        tous: list[tuple[Effet | Silence, float]] = []
        for combien in (None,) if monde.contactees is None else CONTACTEES:
            effets = tirer_effets(replace(monde, contactees=combien), MONDES)
            lus = [(un, 1 - monde.baisse) for un in effets]
            par_nombre[combien] = par_nombre.get(combien, []) + lus
            tous += lus
        yield from _dire_effets(nom, tous)
    for combien in CONTACTEES:
        yield from _dire_effets(f"{combien} contacted, all worlds", par_nombre[combien])


def tirer_effets(monde: Signalements, mondes: int) -> list[Effet | Silence]:
    """Return the effects that so many worlds let be estimated, or why not."""
    alea = np.random.default_rng(28)
    return [effet(*monde.tirer(alea)) for _ in range(mondes)]


def _dire_effets(nom: str, lus: list[tuple[Effet | Silence, float]]) -> Iterator[Mesure]:
    """Measure how often what is true, beside each effect, is out of its interval."""
    vrais = [(un, vrai) for un, vrai in lus if isinstance(un, Effet)]
    estimes = [un for un, _ in vrais]
    tus = 100 * (1 - len(estimes) / max(len(lus), 1))
    marges = [np.sqrt(un.borne_haute / un.borne_basse) - 1 for un in estimes]
    marge = 100 * float(np.median(marges)) if marges else 0.0
    dehors = [not un.borne_basse <= vrai <= un.borne_haute for un, vrai in vrais]
    moins = [un.borne_haute < vrai for un, vrai in vrais]
    dit = f"effect, {nom}: out (refused {tus:.0f} %, ± {marge:.0f} %)"
    yield Mesure(dit, 100 * sum(dehors) / max(len(estimes), 1), "%", HORS_INTERVALLE)
    yield Mesure("  under what is true", 100 * sum(moins) / max(len(estimes), 1), "%", DE_MOINS)


def _placebos(donnees: Path) -> Iterator[Mesure]:
    """Measure, where nobody was contacted, the effect of contacting half of what needs it."""
    with ouvrir_pour(Dossier(donnees), TOUT) as v:
        for duree in (3, 6):
            yield from _dire_effets(f"demonstration, {duree} months", _rejouer(v, duree))


def _rejouer(v: Lecture, duree: int) -> list[tuple[Effet | Silence, float]]:
    alea = np.random.default_rng(28)
    lus: list[tuple[Effet | Silence, float]] = []
    for une in v.version.livraisons:
        departement, constat, mois = une.departement, une.mois, mois_avant(une.mois, -duree)
        if not (une.publiee and v.version.publiee(departement, mois)):
            continue
        cles = v.tuples(_MAUVAIS, {"departement": departement, "mois": constat})
        for _ in range(TIRAGES):
            rangs = alea.permutation(len(cles))[: (len(cles) + 1) // 2]
            pris = [(cles[rang][0], cles[rang][1]) for rang in rangs]
            lus.append((effet_suppose(v, departement, mois, dict.fromkeys(pris, constat)), 1.0))
    return lus


_MAUVAIS = f"""
SELECT code, guichet FROM valeurs
WHERE niveau = 'guichet' AND departement = $departement AND mois = $mois
    AND etat IN {tuple(str(un) for un in sorted(MAUVAIS))} ORDER BY ALL
"""

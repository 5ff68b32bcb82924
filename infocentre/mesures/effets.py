"""What contacting a guichet changed: what is observed since, over what was to be expected anyway.

A guichet that was chosen because it was red falls by itself, its bad luck not coming twice: its
rate to come is expected to be its mean among those of its kind (`taux_attendus`), carried by what
those that were not contacted went through: the trend of their kind, how far those that were high
came back (`pente`: chance alone would leave 0), and how much each drifts by itself (`derives`),
whose variance goes into the interval. The ratio is 1 when contacting did nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from infocentre.mesures.derives import MOINDRE, Derive, mesurer_derive
from infocentre.mesures.taux_attendus import attendre

MINIMUM = 5  # contacted guichets and indicators under which nothing is said
TEMOINS = 10  # guichets not contacted under which their drift is not known
# Where nothing can be said any more: of the drift, of what rests on those not contacted being
# unlike those contacted, both as standard deviations of a logarithm.
DERIVE_MAXIMALE, ECART_MAXIMAL = 1.0, 0.35
Z_95 = 1.96
_TOURS = 6
_PENTES = (-1.0, 0.5)
_PENTE_ATTENDUE = 0.3  # standard deviation of what is thought of `pente` before any count
Reels = NDArray[np.float64]
Entiers = NDArray[np.int64]
Booleens = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Suivie:
    """A guichet and indicator: anomalies and units before, then since.

    `groupe` is its kind, all of which are to have a common law and trend in one `periode`.
    """

    guichet: str
    groupe: str
    periode: str
    n_avant: int
    d_avant: int
    n: int
    d: int


class Silence(Enum):
    """Why no effect is estimated: too few, or too unlike, are followed; they drift too much."""

    CONTACTEES = auto()
    TEMOINS = auto()
    DERIVE = auto()
    DISSEMBLABLES = auto()


@dataclass(frozen=True, slots=True)
class Effet:
    """What is observed over what was expected, with its 95 % interval; `nombre`: how many.

    `derive`: by how much guichets change by themselves, as a ratio.
    """

    nombre: int
    observees: int
    attendues: float
    rapport: float
    borne_basse: float
    borne_haute: float
    derive: float

    @property
    def net(self) -> bool:
        """Tell whether chance, the trend and drifts alone do not explain it."""
        return self.borne_haute < 1 or self.borne_basse > 1


@dataclass(frozen=True, slots=True)
class _Lues:
    """All that are followed, an array each; `distances`: of its rate from its group's, in log.

    `periodes` is by group, all other ranks by what is followed.
    """

    contactees: Booleens
    guichets: Entiers
    grappes: Entiers
    groupes: Entiers
    periodes: Entiers
    unites: Reels
    vues: Reels
    taux: Reels
    variances: Reels
    distances: Reels

    def par_groupe(self, valeurs: Reels, *, contactees: bool = False) -> Reels:
        """Add up values by group, of those contacted or of the others."""
        poids = np.where(self.contactees == contactees, valeurs, 0.0)
        return np.bincount(self.groupes, poids, len(self.periodes))

    def par_periode(self, valeurs: Reels) -> Reels:
        """Add up values of groups by period; return what each group's own comes to."""
        return np.bincount(self.periodes, valeurs)[self.periodes]


@dataclass(frozen=True, slots=True)
class _Modele:
    """What those not contacted say; by group: trends, that of all, how much is the group's own.

    `ecart`: variance of the trends of groups around that of all.
    """

    tendances: Reels
    communes: Reels
    propres: Reels
    ecart: float = 0.0
    pente: float = 0.0
    erreur_pente: float = 0.0
    derive: Derive = field(default_factory=Derive)

    def attendues(self, lues: _Lues) -> tuple[Reels, Reels, Reels]:
        """Return what is expected of each, its variance by counting, and by its rate unknown."""
        facteurs = self.tendances[lues.groupes] * np.exp(self.pente * lues.distances)
        attendues = facteurs * lues.unites * lues.taux
        comptees = attendues * (1 - np.minimum(facteurs * lues.taux, 1))
        return attendues, comptees, (facteurs * lues.unites) ** 2 * lues.variances


def effet(contactees: Sequence[Suivie], temoins: Sequence[Suivie]) -> Effet | Silence:
    """Return the effect of contacting, or why it cannot be estimated.

    `temoins` may be of other periods too, of a time when nobody was contacted: their drift is then
    told by more of them.
    """
    suivies = [une for une in contactees if une.d]
    autres = [une for une in temoins if une.d]
    if len(suivies) < MINIMUM:
        return Silence.CONTACTEES
    if len({une.guichet for une in autres}) < TEMOINS:
        return Silence.TEMOINS
    lues = _ranger(suivies, autres)
    modele = _ajuster(lues)
    if modele.derive.prudente > DERIVE_MAXIMALE**2:
        return Silence.DERIVE
    if _ecart_de_pente(lues, modele) > ECART_MAXIMAL:
        return Silence.DISSEMBLABLES
    return _estimer(lues, modele)


def _ranger(contactees: Sequence[Suivie], temoins: Sequence[Suivie]) -> _Lues:
    toutes = [*contactees, *temoins]
    groupes, noms = _rangs((une.periode, une.groupe) for une in toutes)
    n_avant, d_avant, n, d = (
        np.array([getattr(une, nom) for une in toutes], dtype=np.float64)
        for nom in ("n_avant", "d_avant", "n", "d")
    )
    taux, variances, distances = (np.zeros(len(toutes)) for _ in range(3))
    for rang in range(len(noms)):
        ici = groupes == rang
        taux[ici], variances[ici] = attendre(n_avant[ici], d_avant[ici])
        logs, poids = np.log(taux[ici]), d_avant[ici] * taux[ici]
        distances[ici] = logs - (poids * logs).sum() / max(float(poids.sum()), 1e-12)
    return _Lues(
        np.arange(len(toutes)) < len(contactees),
        _rangs((une.guichet,) for une in toutes)[0],
        _rangs((une.periode, une.guichet) for une in toutes)[0],
        groupes,
        _rangs((periode,) for periode, _ in noms)[0],
        d,
        n,
        taux,
        variances,
        distances,
    )


def _rangs(cles: Iterable[tuple[str, ...]]) -> tuple[Entiers, list[tuple[str, ...]]]:
    """Return the rank of each key among those that there are, and these."""
    rangs: dict[tuple[str, ...], int] = {}
    lus = [rangs.setdefault(cle, len(rangs)) for cle in cles]
    return np.array(lus, dtype=np.int64), list(rangs)


def _ajuster(lues: _Lues) -> _Modele:
    """Fit trends, slope and drift in turn: each is measured around the others."""
    uns = np.ones(len(lues.periodes))
    modele = _Modele(uns, uns, uns)
    for _ in range(_TOURS):
        modele = _avec_derive(lues, _avec_tendances(lues, modele))
    return modele


def _avec_tendances(lues: _Lues, modele: _Modele) -> _Modele:
    """Measure the trend of each period, and how far each group's goes from it (empirical Bayes)."""
    attendues, comptees, des_taux = modele.attendues(lues)
    prevues = lues.par_groupe(attendues) / modele.tendances
    vues = lues.par_groupe(lues.vues)
    variances = lues.par_groupe(comptees + des_taux + modele.derive.variance * attendues**2)
    communes = (lues.par_periode(vues) + 0.5) / (lues.par_periode(prevues) + 0.5)
    si_communes = communes * prevues
    carres = max(float((si_communes**2).sum()), 1e-12)
    ecart = float(((vues - si_communes) ** 2 - variances).sum())
    ecart = (max(ecart, 0.0) + float(np.sqrt(2 * (variances**2).sum()))) / carres
    seules = np.bincount(lues.periodes)[lues.periodes] == 1
    with np.errstate(divide="ignore", invalid="ignore"):
        propres = np.where(seules, 1.0, ecart / (ecart + variances / si_communes**2))
        propres = np.where(prevues > 0, propres, 0.0)
        siennes = np.where(prevues > 0, (vues + 0.5) / (prevues + 0.5), 1.0)
    tendances = (1 - propres) * communes + propres * siennes
    return replace(modele, tendances=tendances, communes=communes, propres=propres, ecart=ecart)


def _avec_derive(lues: _Lues, modele: _Modele) -> _Modele:
    """Measure, around the trends, the slope and the drift of those not contacted."""
    qui = ~lues.contactees
    attendues, comptees, des_taux = modele.attendues(lues)
    ecarts = (lues.vues / attendues - 1)[qui]
    hasard = ((comptees + des_taux) / attendues**2)[qui]
    distances = (lues.distances - _milieux(lues, modele))[qui]
    guichets = lues.guichets[qui]
    avant = modele.derive.variance
    derive = mesurer_derive(
        ecarts, hasard, np.unique(lues.grappes[qui], return_inverse=True)[1], guichets, avant
    )
    poids = 1 / (hasard + max(derive.variance, MOINDRE))
    precision = float((poids * distances**2).sum()) + _PENTE_ATTENDUE**-2
    pousse = poids * distances * ecarts
    pas = (float(pousse.sum()) - modele.pente * _PENTE_ATTENDUE**-2) / precision
    vue = float((np.bincount(guichets, pousse) ** 2).sum())
    return replace(
        modele,
        derive=derive,
        pente=float(np.clip(modele.pente + pas, *_PENTES)),
        erreur_pente=float(np.sqrt(max(vue, precision))) / precision,
    )


def _milieux(lues: _Lues, modele: _Modele) -> Reels:
    """Return, per one, the mean distance of those of its group that were not contacted."""
    attendues, comptees, des_taux = modele.attendues(lues)
    poids = 1 / ((comptees + des_taux) / attendues**2 + max(modele.derive.variance, MOINDRE))
    sommes = lues.par_groupe(poids)
    milieux = lues.par_groupe(poids * lues.distances) / np.where(sommes > 0, sommes, 1.0)
    return milieux[lues.groupes]


def _ecart_de_pente(lues: _Lues, modele: _Modele) -> float:
    """Return what not knowing the slope makes of what is expected, relative: far is uncertain."""
    attendues = modele.attendues(lues)[0] * lues.contactees
    levier = float((attendues * (lues.distances - _milieux(lues, modele))).sum() / attendues.sum())
    return abs(levier) * modele.erreur_pente


def _estimer(lues: _Lues, modele: _Modele) -> Effet:
    attendues, comptees, des_taux = modele.attendues(lues)
    siennes = lues.contactees
    total, observees = float(attendues[siennes].sum()), int(lues.vues[siennes].sum())
    # What is observed varies around its own mean; half a case stands for none.
    vu = max(observees, 0.5)
    derive = modele.derive.somme(attendues[siennes], lues.guichets[siennes])
    attente = float(des_taux[siennes].sum()) + derive + _variance_des_tendances(lues, modele)
    relative = float(comptees[siennes].sum()) / total / vu + attente / total**2
    relative += _ecart_de_pente(lues, modele) ** 2
    marge = float(np.exp(Z_95 * np.sqrt(np.log1p(relative))))
    return Effet(
        len(attendues[siennes]),
        observees,
        total,
        observees / total,
        vu / total / marge,
        vu / total * marge,
        float(np.sqrt(modele.derive.variance)),
    )


def _variance_des_tendances(lues: _Lues, modele: _Modele) -> float:
    """Return the variance that trends give to what is expected of those contacted.

    That of the counts that told them, as the model or as guichets themselves show it, and that of
    a group that may not go as all.
    """
    attendues, comptees, des_taux = modele.attendues(lues)
    portees = lues.par_groupe(attendues, contactees=True) / modele.tendances
    prevues = lues.par_groupe(attendues) / modele.tendances
    communes = lues.par_periode(portees * (1 - modele.propres)) / np.maximum(
        lues.par_periode(prevues), 1e-12
    )
    propres = np.where(prevues > 0, modele.propres * portees / np.maximum(prevues, 1e-12), 0.0)
    qui = ~lues.contactees
    poids = (communes + propres)[lues.groupes][qui]
    guichets = lues.guichets[qui]
    comptees_et_taux = float((poids**2 * (comptees + des_taux)[qui]).sum())
    dites = comptees_et_taux + modele.derive.somme(poids * attendues[qui], guichets)
    vues = np.bincount(guichets, poids * (lues.vues - attendues)[qui])
    # Groups may go elsewhere together, as all indicators of a type do.
    ailleurs = float((portees * (1 - modele.propres) * modele.communes).sum()) ** 2 * modele.ecart
    return max(dites, float((vues**2).sum())) + ailleurs

"""Why the rate of an indicator moved between two months, in a territory, guichet by guichet."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypedDict

from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.decomposition import Compte, Part, decomposer, ensemble

_COMPTES = """
SELECT guichet, n_etat AS n, d_etat AS d FROM valeurs
WHERE departement = $departement AND mois = $mois AND code = $code AND niveau = 'guichet'
    AND d_etat > 0
"""
_CHANGEMENTS = """
WITH fenetres AS (SELECT bool_or(fenetre = '12m') AS annee FROM valeurs WHERE code = $code)
SELECT guichet, cause, le,
    coalesce(if(annee, numerateur_12m_avant, numerateur_avant), 0) AS n,
    coalesce(if(annee, denominateur_12m_avant, denominateur_avant), 0) AS d
FROM revisions, fenetres
WHERE departement = $departement AND mois = $mois AND code = $code AND niveau = 'guichet'
ORDER BY le DESC, cause
"""


class _Lu(TypedDict):
    guichet: str
    n: int
    d: int


class _Change(_Lu):
    cause: str
    le: dt.datetime


@dataclass(frozen=True, slots=True)
class Explication:
    """The movement of a rate from what was published of `mois_avant` to `mois`, split exactly.

    `publie` is the rate first published of the former month, `avant` what it is today, `apres` that
    of the later month; `saisies` and `regle` tell apart what changed it since: late entries and
    corrected deliveries, another rule or threshold. `parts` add up to `apres` − `avant`.
    """

    mois_avant: str
    mois: str
    publie: float
    avant: float
    apres: float
    saisies: float
    regle: float
    parts: tuple[Part, ...]

    @property
    def ecart(self) -> float:
        """The whole movement."""
        return self.apres - self.publie

    @property
    def taux(self) -> float:
        """What the rates of guichets explain."""
        return sum(une.taux for une in self.parts)

    @property
    def structure(self) -> float:
        """What the share of each guichet in the volume explains."""
        return sum(une.structure for une in self.parts)


@par_version
def expliquer_mouvement(
    v: Lecture,
    departement: str,
    code: str,
    mois: tuple[str, str],
    guichets: frozenset[str] | None = None,
) -> Explication | None:
    """Split the movement of an indicator between two months; None when a rate is missing.

    `mois` are the former and the later one, `guichets` those of the territory, None for all that
    the reader sees.
    """
    avant, apres = (_comptes(v, departement, code, m, guichets) for m in mois)
    debut, fin = ensemble(avant).taux, ensemble(apres).taux
    if debut is None or fin is None:
        return None
    publie, depuis = debut, {"livraison": 0.0, "règle": 0.0}
    for cause, ancien in _anciens(v, departement, code, mois[0], avant, guichets):
        if ancien is None:
            break  # nothing was published then
        depuis[cause] += publie - ancien
        publie = ancien
    return Explication(
        *mois,
        publie,
        debut,
        fin,
        saisies=depuis["livraison"],
        regle=depuis["règle"],
        parts=tuple(decomposer(avant, apres)),
    )


def _comptes(
    v: Lecture, departement: str, code: str, mois: str, guichets: Collection[str] | None
) -> dict[str, Compte]:
    demande = {"departement": departement, "mois": mois, "code": code}
    return {
        une["guichet"]: Compte(une["n"], une["d"])
        for une in v.lignes(_COMPTES, demande, _Lu)
        if guichets is None or une["guichet"] in guichets
    }


def _anciens(
    v: Lecture,
    departement: str,
    code: str,
    mois: str,
    comptes: Mapping[str, Compte],
    guichets: Collection[str] | None,
) -> Iterator[tuple[str, float | None]]:
    """Yield (cause, rate before) for each change of a published month, the newest one first."""
    demande = {"departement": departement, "mois": mois, "code": code}
    lus = v.lignes(_CHANGEMENTS, demande, _Change)
    passes = dict(comptes)
    for (_, cause), changes in itertools.groupby(lus, key=lambda un: (un["le"], un["cause"])):
        for un in changes:
            if guichets is None or un["guichet"] in guichets:
                passes[un["guichet"]] = Compte(un["n"], un["d"])
        yield cause, ensemble(passes).taux

"""Why the rate of an indicator moved between two months, in a territory, guichet by guichet.

Five things move it: what a corrected delivery and another rule make of the former month, what came
in late for it, the rates of guichets and who has the volume. They add up to the movement.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypedDict

from infocentre.lecture.commun import noms_guichets, par_version
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois, nom_hors_registre
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import guichets_de_l_epci
from infocentre.mesures.decomposition import Compte, Part, decomposer, ensemble
from infocentre.noyau.temps import mois_avant

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
# Each month of a window, as the last delivery that shows it again counts it.
_FENETRE = """
WITH relus AS (
    SELECT mois_juge, max(mois) AS mois FROM triangle
    WHERE departement = $departement AND code = $code AND mois BETWEEN $publie AND $mois
        AND mois_juge BETWEEN $debut AND $publie
    GROUP BY mois_juge
)
SELECT guichet, sum(numerateur)::BIGINT AS n, sum(denominateur)::BIGINT AS d
FROM triangle JOIN relus USING (mois_juge, mois)
WHERE departement = $departement AND code = $code AND guichet <> '*'
GROUP BY guichet HAVING sum(denominateur) > 0
"""
_ANNEE = """
SELECT coalesce(bool_or(fenetre = '12m'), false) FROM valeurs
WHERE departement = $departement AND mois = $mois AND code = $code AND niveau = 'guichet'
"""
_MEMBRES = """
SELECT DISTINCT guichet FROM registre WHERE departement = $departement
    AND list_contains($mois, mois) AND $type IN ('', type_guichet)
    AND $organisme IN ('', organisme)
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

    The counts of the former month are those first published, those of today (`avant`), then as the
    deliveries since show its units again (`complet`); `apres` are those of the later month.
    `livraisons` and `regle` tell apart what changed what was published: corrected deliveries,
    another rule or threshold. `parts` add up to the rate of `apres` less that of `complet`.
    `versions` are those of the rule at both months: when they differ, nothing else compares.
    `annee` tells whether the rate is over 12 months.
    """

    code: str
    mois_avant: str
    mois: str
    publie: Compte
    avant: Compte
    complet: Compte
    apres: Compte
    livraisons: float
    regle: float
    parts: tuple[Part, ...]
    versions: tuple[int | None, int | None]
    annee: bool

    @property
    def ecart(self) -> float:
        """The whole movement."""
        return _taux(self.apres) - _taux(self.publie)

    @property
    def tardives(self) -> float:
        """What came in late for the former month explains."""
        return _taux(self.complet) - _taux(self.avant)

    @property
    def taux(self) -> float:
        """What the rates of guichets explain."""
        return sum(une.taux for une in self.parts)

    @property
    def structure(self) -> float:
        """What the share of each guichet in the volume explains."""
        return sum(une.structure for une in self.parts)

    @property
    def meme_regle(self) -> bool:
        """Tell whether both months were counted by the same version of the rule."""
        return len(set(self.versions)) == 1


def _taux(un: Compte) -> float:
    return un.taux or 0.0


def guichets_du_lieu(
    v: Lecture, filtres: Filtres, mois: tuple[str, str], organisme: str = ""
) -> frozenset[str] | None:
    """Return the guichets of an EPCI, a type and an organisme together; None: all that are seen.

    Those of the register at either month: who opened or closed between them counts.
    """
    siens = None
    if filtres.type_guichet or organisme:
        lus = v.tuples(
            _MEMBRES,
            {
                "departement": filtres.departement,
                "mois": list(mois),
                "type": filtres.type_guichet,
                "organisme": organisme,
            },
        )
        siens = frozenset(guichet for (guichet,) in lus)
    if filtres.epci:
        place = guichets_de_l_epci(v, filtres.departement, filtres.epci).guichets or frozenset()
        siens = place if siens is None else siens & place
    return siens


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
    versions = (_version(v, departement, code, mois[0]), _version(v, departement, code, mois[1]))
    annee = _sur_12_mois(v, departement, code, mois[0])
    avant, apres = (_comptes(v, departement, code, m, guichets) for m in mois)
    completes = avant
    if versions[0] == versions[1]:
        fenetre = mois_avant(mois[0], 11) if annee else mois[0], mois[0]
        alors, completes = (_fenetre(v, departement, code, fenetre, vu, guichets) for vu in mois)
        if alors != avant:  # replaced, or judged again since
            completes = avant
    debut, complet, fin = ensemble(avant), ensemble(completes), ensemble(apres)
    if debut.taux is None or complet.taux is None or fin.taux is None:
        return None
    publie, causes = debut, {"livraison": 0.0, "règle": 0.0}
    for cause, ancien in _anciens(v, departement, code, mois[0], avant, guichets):
        if ancien.taux is None:
            break  # nothing was published then
        causes[cause] += _taux(publie) - ancien.taux
        publie = ancien
    return Explication(
        code=code,
        mois_avant=mois[0],
        mois=mois[1],
        publie=publie,
        avant=debut,
        complet=complet,
        apres=fin,
        livraisons=causes["livraison"],
        regle=causes["règle"],
        parts=tuple(decomposer(completes, apres)),
        versions=versions,
        annee=annee,
    )


def _version(v: Lecture, departement: str, code: str, mois: str) -> int | None:
    """Return the version of the rule that a month was counted by, None when it was not there."""
    un = catalogue_du_mois(v, Filtres(departement, mois)).indicateurs.get(code)
    return un.version if un else None


def _comptes(
    v: Lecture, departement: str, code: str, mois: str, guichets: Collection[str] | None
) -> dict[str, Compte]:
    demande = {"departement": departement, "mois": mois, "code": code}
    return _retenir(v.lignes(_COMPTES, demande, _Lu), guichets)


def _retenir(lus: Iterable[_Lu], guichets: Collection[str] | None) -> dict[str, Compte]:
    return {
        une["guichet"]: Compte(une["n"], une["d"])
        for une in lus
        if guichets is None or une["guichet"] in guichets
    }


def _sur_12_mois(v: Lecture, departement: str, code: str, mois: str) -> bool:
    ((annee,),) = v.tuples(_ANNEE, {"departement": departement, "mois": mois, "code": code})
    return bool(annee)


def _fenetre(
    v: Lecture,
    departement: str,
    code: str,
    fenetre: tuple[str, str],
    vu: str,
    guichets: Collection[str] | None,
) -> dict[str, Compte]:
    """Return the counts of the months of a window, as deliveries up to that of `vu` show them."""
    lieu = {"departement": departement, "code": code, "debut": fenetre[0], "publie": fenetre[1]}
    return _retenir(v.lignes(_FENETRE, {**lieu, "mois": vu}, _Lu), guichets)


def _anciens(
    v: Lecture,
    departement: str,
    code: str,
    mois: str,
    comptes: Mapping[str, Compte],
    guichets: Collection[str] | None,
) -> Iterator[tuple[str, Compte]]:
    """Yield (cause, counts before) for each change of a published month, the newest one first."""
    demande = {"departement": departement, "mois": mois, "code": code}
    lus = v.lignes(_CHANGEMENTS, demande, _Change)
    passes = dict(comptes)
    for (_, cause), changes in itertools.groupby(lus, key=lambda un: (un["le"], un["cause"])):
        for un in changes:
            if guichets is None or un["guichet"] in guichets:
                passes[un["guichet"]] = Compte(un["n"], un["d"])
        yield cause, ensemble(passes)


# --- What is told of it ---------------------------------------------------------------------------

SEUL, PLUS, MOITIE = 0.8, 1.25, 0.5
COMPENSE = 2  # how many times the movement a part against it must be worth
CITEES = 3
GRAND = 0.01
Sorte = Literal["guichet", "livraisons", "regle", "tardives"]


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that moved a rate, and its part as a ratio; who, and its counts, for a guichet.

    `poids` are the shares of a guichet in all units, before and after.
    """

    sorte: Sorte
    total: float
    nom: str = ""
    part: Part | None = None
    poids: tuple[float, float] = (0.0, 0.0)

    @property
    def ampleur(self) -> float:
        """Its part, whichever way it goes."""
        return abs(self.total)


@dataclass(frozen=True, slots=True)
class Recit:
    """What a movement comes from, chosen by its parts; `decimales` are those of its points.

    `forme`: one part makes it all, more than all or more than half; they share it (`partage`); they
    nearly compensate (`compense`), or wholly, the rate staying the same (`stable`). `premieres` go
    the way of the movement, the first one alone unless it is shared; `contraire` goes the other
    way. `ensembles` are the parts of what is no guichet, where they are worth a word.
    """

    explication: Explication
    decimales: int
    forme: Literal["seul", "plus", "moitie", "partage", "compense", "stable"]
    premieres: tuple[Source, ...]
    contraire: Source | None
    ensembles: Mapping[str, float]


def nommer_parts(v: Lecture, departement: str, e: Explication) -> dict[str, str]:
    """Return the names of the guichets of a movement, by the register of either month."""
    connus = noms_guichets(v, departement, e.mois_avant) | noms_guichets(v, departement, e.mois)
    siens = (une.guichet for une in e.parts)
    return {un: connus.get(un) or nom_hors_registre(un) for un in siens}


def regrouper(e: Explication, groupes: Mapping[str, str]) -> Explication:
    """Return the same movement by organisme, or any group of guichets; those of none by their code.

    The part of a group is the sum of those of its guichets.
    """
    siennes: dict[str, list[Part]] = {}
    for une in e.parts:
        siennes.setdefault(groupes.get(une.guichet, une.guichet), []).append(une)
    parts = [
        Part(
            groupe,
            ensemble({une.guichet: une.avant for une in eux}),
            ensemble({une.guichet: une.apres for une in eux}),
            sum(une.taux for une in eux),
            sum(une.structure for une in eux),
        )
        for groupe, eux in siennes.items()
    ]
    return replace(e, parts=tuple(sorted(parts, key=lambda une: (-abs(une.total), une.guichet))))


def dire_mouvement(e: Explication, noms: Mapping[str, str]) -> Recit:
    """Choose what is told of a movement; `noms` are those of the guichets."""
    decimales = 1 if abs(e.ecart) >= GRAND else 2
    pas = 0.5 * 10.0 ** -(2 + decimales)
    sources = sorted(_sources(e, noms), key=lambda une: (-abs(une.total), une.nom))
    visibles = [une for une in sources if abs(une.total) >= pas]
    ensembles = {
        nom: une
        for nom, une in (("structure", e.structure), *_autres(e))
        if abs(une) >= max(pas, abs(e.ecart) / 20)
    }
    if abs(e.ecart) < pas:
        hausses = [une for une in visibles if une.total > 0][:1]
        baisse = next((une for une in visibles if une.total < 0), None)
        return Recit(e, decimales, "stable", tuple(hausses), baisse, ensembles)
    meme = [une for une in visibles if (une.total > 0) == (e.ecart > 0)]
    contraire = next((une for une in visibles if une not in meme), None)
    rapport = meme[0].total / e.ecart if meme else 0.0
    if rapport < MOITIE:
        return Recit(e, decimales, "partage", tuple(meme[:CITEES]), contraire, ensembles)
    forme: Literal["seul", "plus", "moitie", "compense"]
    if contraire and abs(contraire.total) >= COMPENSE * abs(e.ecart):
        forme = "compense"
    elif rapport > PLUS:
        forme = "plus"
    else:
        forme = "seul" if rapport >= SEUL else "moitie"
    return Recit(e, decimales, forme, tuple(meme[:1]), contraire, ensembles)


def _autres(e: Explication) -> tuple[tuple[Sorte, float], ...]:
    return ("livraisons", e.livraisons), ("regle", e.regle), ("tardives", e.tardives)


def _sources(e: Explication, noms: Mapping[str, str]) -> Iterator[Source]:
    for sorte, total in _autres(e):
        yield Source(sorte, total)
    for une in e.parts:
        nom = noms.get(une.guichet, une.guichet)
        poids = (une.avant.d / e.complet.d, une.apres.d / e.apres.d)
        yield Source("guichet", une.total, nom, une, poids)

"""The same month seen later: the triangle, and what a young month will come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from infocentre.mesures.habitudes import Loi, bornes, niveau, poids_des_autres
from infocentre.mesures.mack import Developpement, Reels, developper, projeter
from infocentre.mesures.probabilites import en_student
from infocentre.mesures.ruptures import ENTIER, ecarts_d_un_an, ecarts_de_niveau, recents, ruptures
from infocentre.noyau.etats import EFFECTIF_MINIMAL, Etat

if TYPE_CHECKING:
    from infocentre.mesures.connexion import Connexion

AGES = 12
PAIRES_MINIMALES = 5
COMPLETUDE_ATTENDUE = 0.98
Z_95 = 1.96
# Variances of few steps are small by luck: so many steps more are supposed wrong.
MEFIANCE = 5
MESURES = ("denominateur", "numerateur")

_TRIANGLE = """
create table if not exists triangle (
    code varchar, departement varchar, guichet varchar, mois_juge varchar, mois varchar,
    numerateur bigint, denominateur bigint
);
delete from triangle
where (departement, mois) in (select (departement, mois) from calculabilite);
insert into triangle by name
select code, departement, guichet, mois_juge, mois, numerateur, denominateur from comptes
union all by name
select code, departement, '*' as guichet, mois_juge, mois,
    sum(numerateur)::bigint as numerateur, sum(denominateur)::bigint as denominateur
from comptes
group by all
"""

# `recul` = months from the month judged to the newest arrêté of the département, so that
# recul = age is what the newest arrêté says. A cell of a calculable month without any unit
# is a 0 that was seen, not a missing one.
_CELLULES = f"""
create or replace temp table cellules_triangle as
with arretes as (
    select code, departement, mois, etat <> '{Etat.NON_CALCULABLE}' as calculable,
        left(mois, 4)::integer * 12 + right(mois, 2)::integer - 1 as vu
    from valeurs
    where niveau = 'departement'
),
cellules as (
    select code, departement, mois, age, dernier - vu + age as recul,
        printf('%04d-%02d', (vu - age) // 12, (vu - age) % 12 + 1) as mois_juge
    from (select *, max(vu) over (partition by departement) as dernier from arretes)
    join regles using (code), range({AGES}) as ages(age)
    where calculable and nature = 'flux'
)
select dense_rank() over (order by c.departement, c.code) - 1 as serie, c.*,
    coalesce(t.denominateur, 0) as denominateur, coalesce(t.numerateur, 0) as numerateur
from cellules as c
left join (from triangle where guichet = '*') as t using (code, departement, mois, mois_juge)
"""

_SCHEMA = """
create or replace table estimations (
    code varchar, departement varchar, mois_juge varchar, mois varchar, mesure varchar,
    constate bigint, estime double, borne_basse double, borne_haute double,
    completude double, saisie_tardive_probable boolean, rupture boolean
)
"""

_INSERTION = f"""
insert into estimations by name
with projections as (
    select unnest(?::integer[]) as serie, unnest(?::integer[]) as age,
        unnest(?::double[]) as e, unnest(?::double[]) as b, unnest(?::double[]) as h,
        unnest(?::boolean[]) as rupture
)
select code, departement, mois_juge, mois, 'MESURE' as mesure, MESURE as constate,
    if(isnan(e) or rupture, null, e) as estime,
    if(estime is null, null, b) as borne_basse,
    if(estime is null, null, h) as borne_haute,
    MESURE / nullif(estime, 0) as completude,
    coalesce(not isnan(e) and MESURE / nullif(e, 0) < {COMPLETUDE_ATTENDUE}, false)
        as saisie_tardive_probable,
    rupture
from cellules_triangle
join projections using (serie, age)
where recul = age
"""


@dataclass(frozen=True)
class Estimation:
    """Final counts with their 95 % interval, arrays (series, ages), NaN where none.

    `rupture`: habits of entry changed, the estimate may not be shown.
    """

    estime: Reels
    borne_basse: Reels
    borne_haute: Reels
    rupture: NDArray[np.bool_]


def estimer(triangles: Reels) -> Estimation:
    """Estimate the final count of each month that the newest arrêté shows.

    `triangles` is (series, recul, ages), recul 0 being the youngest month. Mack's chain ladder
    gives the estimate, the larger of its own error and of what past months show an interval of
    whole units. There is no estimate where a step on the way was seen in less than
    PAIRES_MINIMALES months, or on less than EFFECTIF_MINIMAL units a month on average (the
    month's own count must not decide: keeping the large ones only would bias the estimate); the
    last age is its own estimate.
    """
    vus = recents(triangles)
    ages = np.arange(vus.shape[2])
    constates = vus[:, ages, ages]
    developpement = developper(vus).exigeant(PAIRES_MINIMALES, EFFECTIF_MINIMAL)
    projection = projeter(constates, ages, developpement)
    a_venir = np.abs(projection.ultimes - constates) * _dispersion(developpement)[:, None]
    variances = np.maximum(projection.erreurs**2, a_venir) / projection.ultimes**2
    sigma = np.sqrt(np.log1p(variances))
    rayon = np.maximum(_rayon(sigma, developpement), _rayon_passe(vus, developpement))
    centre = np.log(projection.ultimes) - sigma**2 / 2
    completude = constates / np.where(projection.ultimes > 0, projection.ultimes, np.nan)
    finals = _finals(vus, projection.ultimes, completude)
    basse, haute = _bornes(vus, Loi(centre, rayon / Z_95), finals, completude)
    for borne in (projection.ultimes, basse, haute):
        borne[:, -1] = constates[:, -1]
    rompus = ruptures(triangles, completude)
    return Estimation(projection.ultimes, basse, haute, rompus)


def _finals(triangles: Reels, ultimes: Reels, completude: Reels) -> Reels:
    """Return what months came to, (series, recul): those that are nearly whole, and older ones."""
    finals = triangles[:, :, -1].copy()
    finals[:, : ultimes.shape[1]] = np.where(completude >= ENTIER, ultimes, np.nan)
    return finals


def _bornes(
    triangles: Reels, annoncee: Loi, finals: Reels, completude: Reels
) -> tuple[Reels, Reels]:
    """Return the interval, of whole units: of what a count announces, or of a month as others."""
    autres = niveau(finals, completude.shape[1])
    poids = poids_des_autres(ecarts_de_niveau(triangles)[:2], ecarts_d_un_an(triangles))
    poids = np.where((completude < ENTIER) & np.isfinite(autres.centre), poids, 0.0)
    ailleurs = Loi(np.where(poids > 0, autres.centre, annoncee.centre), autres.ecart)
    annoncee = Loi(annoncee.centre, np.maximum(annoncee.ecart, 1e-9))
    basse, haute = bornes(annoncee, ailleurs, poids)
    return np.floor(np.exp(basse)), np.ceil(np.exp(haute))


def _dispersion(developpement: Developpement) -> Reels:
    """Return, per series, how many times more than independent arrivals what comes late varies.

    All steps tell it together, 1 at least: one of them alone, seen a few times, may look calm by
    luck.
    """
    arrivees = np.abs(developpement.facteurs - 1)
    vus = (arrivees > 0) & np.isfinite(developpement.variances)
    poids = np.where(vus, np.maximum(developpement.paires - 1, 0), 0)
    rapports = np.where(vus, developpement.variances / np.where(vus, arrivees, 1.0), 0.0)
    moyens = (poids * rapports).sum(axis=1) / np.maximum(poids.sum(axis=1), 1)
    dispersion: Reels = np.maximum(moyens, 1.0)
    return dispersion


def _rayon(sigma: Reels, developpement: Developpement) -> Reels:
    """Return half the interval, in logarithm, wider when a step on the way was rarely seen."""
    paires = np.minimum.accumulate(developpement.paires[:, ::-1], axis=1)[:, ::-1]
    paires = np.maximum(np.column_stack([paires, paires[:, -1]]), 2)
    rayon: Reels = en_student(Z_95, paires - 1) * sigma * np.sqrt(1 + MEFIANCE / paires)
    return rayon


def _rayon_passe(triangles: Reels, developpement: Developpement) -> Reels:
    """Return the same from past months: what each age became, against what it was to become.

    0 where less than PAIRES_MINIMALES months were seen at the age and at the last one.
    """
    facteurs = np.column_stack([developpement.facteurs, np.ones(len(triangles))])
    jusqu_au_bout = np.cumprod(facteurs[:, ::-1], axis=1)[:, ::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        erreurs = np.log(triangles[:, :, -1:] / (triangles * jusqu_au_bout[:, None, :]))
    vues = np.isfinite(erreurs)
    nombre = vues.sum(axis=1)
    carres = np.where(vues, erreurs, 0.0) ** 2
    ecarts = np.sqrt(carres.sum(axis=1) / np.maximum(nombre - 1, 1))
    rayon = en_student(Z_95, np.maximum(nombre - 1, 1)) * ecarts * np.sqrt(1 + 1 / (nombre + 1e-9))
    return np.where(nombre >= PAIRES_MINIMALES, rayon, 0.0)


def actualiser_triangle(con: Connexion) -> None:
    """Put the months just counted into `triangle`, in place of what it had for them.

    `triangle` keeps, for every controlled month (`mois`), what its delivery tells of the 12
    months judged: the rows of `comptes`, and the département's ('*').
    """
    con.execute(_TRIANGLE)


def calculer_estimations(con: Connexion) -> None:
    """Replace `estimations`, as the newest arrêté of each département allows.

    Reads `triangle`, `valeurs` (what was calculable) and `regles`. Two rows (mesure =
    'denominateur', 'numerateur') per flow indicator, département and month of the 12 that
    the newest arrêté shows; `saisie_tardive_probable` when less than COMPLETUDE_ATTENDUE of
    the estimate is there, never when there is no estimate.
    """
    for requete in (_CELLULES, _SCHEMA):
        con.execute(requete)
    colonnes = ("serie", "recul", "age", *MESURES)
    cellules = con.execute(f"select {', '.join(colonnes)} from cellules_triangle").fetchnumpy()
    if not len(cellules["serie"]):
        return
    indices = tuple(np.asarray(cellules[nom], dtype=np.int64) for nom in colonnes[:3])
    for mesure in MESURES:
        _ecrire(con, mesure, estimer(_triangles(indices, cellules[mesure])))


def _triangles(indices: tuple[np.ndarray, ...], montants: Reels) -> Reels:
    series, reculs, _ = (int(indice.max()) + 1 for indice in indices)
    resultat = np.full((series, max(reculs, AGES), AGES), np.nan)
    resultat[indices] = montants
    return resultat


def _ecrire(con: Connexion, mesure: str, estimation: Estimation) -> None:
    series, ages = np.indices(estimation.estime.shape)
    tableaux = (
        series,
        ages,
        estimation.estime,
        estimation.borne_basse,
        estimation.borne_haute,
        estimation.rupture,
    )
    con.execute(
        _INSERTION.replace("MESURE", mesure),
        [tableau.ravel().tolist() for tableau in tableaux],
    )

"""The same month seen later: the triangle, and what a young month will come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from infocentre.mesures.mack import Reels, developper, projeter

if TYPE_CHECKING:
    from infocentre.mesures.connexion import Connexion

AGES = 12
PAIRES_MINIMALES = 5
EFFECTIF_MINIMAL = 20
COMPLETUDE_ATTENDUE = 0.98
Z_95 = 1.96
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
    select code, departement, mois, etat <> 'non_calculable' as calculable,
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
    completude double, saisie_tardive_probable boolean
)
"""

_INSERTION = f"""
insert into estimations by name
with projections as (
    select unnest(?::integer[]) as serie, unnest(?::integer[]) as age,
        unnest(?::double[]) as e, unnest(?::double[]) as b, unnest(?::double[]) as h
)
select code, departement, mois_juge, mois, 'MESURE' as mesure, MESURE as constate,
    if(isnan(e), null, e) as estime,
    if(isnan(e), null, b) as borne_basse,
    if(isnan(e), null, h) as borne_haute,
    if(isnan(e) or e = 0, null, MESURE / e) as completude,
    coalesce(completude < {COMPLETUDE_ATTENDUE}, false) as saisie_tardive_probable
from cellules_triangle
join projections using (serie, age)
where recul = age
"""


@dataclass(frozen=True)
class Estimation:
    """Final counts with their 95 % interval, arrays (series, ages), NaN where none."""

    estime: Reels
    borne_basse: Reels
    borne_haute: Reels


def estimer(triangles: Reels) -> Estimation:
    """Estimate the final count of each month that the newest arrêté shows.

    `triangles` is (series, recul, ages), recul 0 being the youngest month. Mack's chain
    ladder gives estimate and standard error, a log-normal the interval. There is no estimate
    where a step on the way was seen in less than PAIRES_MINIMALES months, or on less than
    EFFECTIF_MINIMAL units a month on average (the month's own count must not decide: keeping
    the large ones only would bias the estimate); the last age is its own estimate.
    """
    ages = np.arange(triangles.shape[2])
    constates = triangles[:, ages, ages]
    developpement = developper(triangles).exigeant(PAIRES_MINIMALES, EFFECTIF_MINIMAL)
    projection = projeter(constates, ages, developpement)
    sigma = np.sqrt(np.log1p((projection.erreurs / projection.ultimes) ** 2))
    centre = np.log(projection.ultimes) - sigma**2 / 2
    bornes = [projection.ultimes, np.exp(centre - Z_95 * sigma), np.exp(centre + Z_95 * sigma)]
    for borne in bornes:
        borne[:, -1] = constates[:, -1]
    return Estimation(*bornes)


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
        series, ages, estimation.estime, estimation.borne_basse, estimation.borne_haute
    )  # fmt: skip
    con.execute(
        _INSERTION.replace("MESURE", mesure),
        [tableau.ravel().tolist() for tableau in tableaux],
    )

"""From counts to published values: windows, states, intervals, rank and funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from infocentre.mesures.jugement import etat_en_sql
from infocentre.mesures.regles import completer_regles
from infocentre.noyau.etats import EFFECTIF_MINIMAL, SIGNIFICATIFS, Etat, en_sql
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.types_guichet import EN_LIGNE, INCONNU, SANS_ETAT

if TYPE_CHECKING:
    from infocentre.mesures.connexion import Connexion

Z_WILSON = 1.96
Z_ENTONNOIR = (("95", 1.96), ("998", 3.09))
SANS_TYPE = INCONNU.value
_SANS_ETAT = ", ".join(f"'{un}'" for un in SANS_ETAT)

# How many months before that of the delivery each count was judged: none out of the 12.
_RANGS = """
create or replace temp view rangs as
select *
from (
    select *,
        (left(mois, 4)::integer * 12 + right(mois, 2)::integer)
        - (left(mois_juge, 4)::integer * 12 + right(mois_juge, 2)::integer) as recul
    from comptes
)
where recul between 0 and 11
"""

_COMPTES_FENETRES = """
create or replace temp table comptes_fenetres as
select code, departement, mois, guichet,
    coalesce(sum(numerateur) filter (where recul = 0), 0)::bigint as numerateur,
    coalesce(sum(denominateur) filter (where recul = 0), 0)::bigint as denominateur,
    sum(numerateur)::bigint as numerateur_12m,
    sum(denominateur)::bigint as denominateur_12m
from rangs
semi join (from calculabilite where calculable) using (code, departement, mois)
group by all
"""

# A delivery covers the months of which it holds a unit: of any guichet, by any indicator of the
# population. A guichet to which nothing happened in a month is no less covered.
_MOIS_COUVERTS = """
create or replace temp table mois_couverts as
select c.departement, c.mois, r.population, count(distinct c.recul) as nb_mois
from rangs as c
join regles as r using (code)
where c.denominateur > 0
group by all
"""

_TYPES_ORGANISMES = f"""
create or replace temp table types_organismes as
with unites as (
    select departement, mois, guichet, sum(denominateur_12m) as unites
    from comptes_fenetres
    group by all
),
poids as (
    select departement, mois, organisme, type_guichet, sum(coalesce(unites, 0)) as unites
    from registre
    left join unites using (departement, mois, guichet)
    group by all
)
select departement, mois, organisme,
    first(
        type_guichet
        order by type_guichet = '{INCONNU}', type_guichet = '{EN_LIGNE}', unites desc, type_guichet
    ) as type_guichet
from poids
group by all
"""

_SOMMES = """
    sum(c.numerateur)::bigint as numerateur, sum(c.denominateur)::bigint as denominateur,
    sum(c.numerateur_12m)::bigint as numerateur_12m,
    sum(c.denominateur_12m)::bigint as denominateur_12m
"""

# Those that the register does not know, or whose type it does not say, stand together.
_TYPES = f"""
select 'type' as niveau, departement, mois, code, coalesce(type_guichet, '{SANS_TYPE}') as guichet,
    max(type_guichet) as type_guichet, true as calculable, {_SOMMES}
from guichets as c
group by all
"""

_NIVEAUX = f"""
create or replace temp table comptes_niveaux as
with guichets as (
    select c.*, r.type_guichet, r.organisme
    from comptes_fenetres as c
    left join registre as r using (departement, mois, guichet)
)
select 'departement' as niveau, k.departement, k.mois, k.code, '*' as guichet,
    null::varchar as type_guichet, k.calculable, {_SOMMES}
from calculabilite as k
left join comptes_fenetres as c using (code, departement, mois)
group by all
union all by name
select 'organisme' as niveau, c.departement, c.mois, c.code, c.organisme as guichet,
    t.type_guichet, true as calculable, {_SOMMES}
from guichets as c
join types_organismes as t using (departement, mois, organisme)
group by all
union all by name
{_TYPES}
union all by name
select 'guichet' as niveau, departement, mois, code, guichet, type_guichet, true as calculable,
    numerateur, denominateur, numerateur_12m, denominateur_12m
from guichets
"""

# Values published before their windows and types were: the state says what was calculable.
_NIVEAUX_PUBLIES = f"""
create or replace temp table comptes_niveaux as
with publiees as (
    select niveau, departement, mois, code, guichet, type_guichet,
        etat <> '{Etat.NON_CALCULABLE}' as calculable,
        numerateur, denominateur, numerateur_12m, denominateur_12m
    from valeurs
),
guichets as (from publiees where niveau = 'guichet')
from publiees
union all by name
{_TYPES}
"""

_MOIS_PUBLIES = """
create or replace temp table mois_couverts as
select v.departement, v.mois, r.population, max(v.nb_mois) as nb_mois
from valeurs as v
join regles as r using (code)
group by all
"""

_COMPLETER = """
create or replace table valeurs as
select v.*, j.fenetre, j.n_etat, j.d_etat, j.taux_etat
from valeurs as v
left join valeurs_rejugees as j using (niveau, departement, mois, code, guichet)
union all by name
from valeurs_rejugees where niveau = 'type'
"""

_JUGES = f"""
create or replace temp table juges as
with sans_types as (
    select departement, mois
    from registre
    group by all
    having bool_and(type_guichet in ({_SANS_ETAT})) and bool_or(type_guichet = '{INCONNU}')
),
fenetres as (
    select n.niveau, n.departement, n.mois, n.code, n.guichet, n.type_guichet, n.calculable,
        r.tolerance_zero, r.seuil_orange, r.seuil_rouge, r.fenetre,
        r.imputable = '{PERSONNE}'
        or (r.imputable = 'gestionnaire' and n.niveau <> 'departement')
        or coalesce(n.type_guichet in ({_SANS_ETAT}), false)
        or (
            sans_types.departement is not null
            and (n.niveau = 'departement' or n.type_guichet is null)
        ) as contexte,
        if(n.niveau <> 'type', nullif(n.type_guichet, '{INCONNU}'), null) as pairs,
        if(n.calculable, coalesce(n.numerateur, 0), null) as numerateur,
        if(n.calculable, coalesce(n.denominateur, 0), null) as denominateur,
        if(n.calculable and r.nature = 'flux', coalesce(n.numerateur_12m, 0), null)
            as numerateur_12m,
        if(n.calculable and r.nature = 'flux', coalesce(n.denominateur_12m, 0), null)
            as denominateur_12m,
        if(n.calculable, coalesce(m.nb_mois, 0), null) as nb_mois
    from comptes_niveaux as n
    join regles as r using (code)
    left join mois_couverts as m using (departement, mois, population)
    left join sans_types on sans_types.departement = n.departement and sans_types.mois = n.mois
)
select *,
    if(fenetre = 'mois', numerateur, numerateur_12m) as n_etat,
    if(fenetre = 'mois', denominateur, denominateur_12m) as d_etat
from fenetres
"""

# Only what is above its threshold can be rouge: at or under it, the chance is a half at least.
_A_JUGER = f"""
select distinct seuil_rouge, denominateur
from (
    select seuil_rouge, contexte, unnest([numerateur, n_etat]) as numerateur,
        unnest([denominateur, d_etat]) as denominateur
    from juges
)
where not contexte and denominateur >= {EFFECTIF_MINIMAL}
    and numerateur > seuil_rouge * denominateur
order by all
"""

_ROUGES = """
create or replace temp table rouges as
select unnest(?::double[]) as seuil_rouge, unnest(?::bigint[]) as denominateur,
    unnest(?::bigint[]) as numerateur_rouge
"""


def wilson(numerateur: str, denominateur: str, borne: str) -> str:
    """SQL of the 95 % Wilson bound ('basse' or 'haute') of a ratio of counts, z = 1.96.

    The two arguments are SQL expressions; the bound is null when the denominator is 0.
    """
    n, p = f"nullif({denominateur}, 0)", f"({numerateur}) / nullif({denominateur}, 0)"
    centre = f"{p} + {Z_WILSON**2 / 2!r} / {n}"
    rayon = f"{Z_WILSON} * sqrt({p} * (1 - {p}) / {n} + {Z_WILSON**2 / 4!r} / ({n} * {n}))"
    signe = "-" if borne == "basse" else "+"
    brut = f"({centre} {signe} {rayon}) / (1 + {Z_WILSON**2!r} / {n})"
    return f"if({n} is null, null, least(1.0, greatest(0.0, {brut})))"


def _limites_entonnoir() -> str:
    ecart = "sqrt(taux_ensemble * (1 - taux_ensemble) / nullif(d_etat, 0))"
    return ",\n    ".join(
        f"greatest(0.0, taux_ensemble - {z} * {ecart}) as entonnoir_bas_{nom},"
        f" least(1.0, taux_ensemble + {z} * {ecart}) as entonnoir_haut_{nom}"
        for nom, z in Z_ENTONNOIR
    )


def _valeurs(cible: str) -> str:
    return f"""
create or replace {cible} as
with etats as (
    select juges.*,
        {etat_en_sql("numerateur", "juges.denominateur", "au_mois")} as etat_mois,
        {etat_en_sql("n_etat", "d_etat", "en_tout")} as etat,
        etat in {en_sql(SIGNIFICATIFS)} and pairs is not null as classe,
        if(pairs is null, null,
            sum(n_etat) over voisins / nullif(sum(d_etat) over voisins, 0)) as taux_ensemble
    from juges
    left join rouges as au_mois
        on au_mois.seuil_rouge = juges.seuil_rouge
        and au_mois.denominateur = juges.denominateur
    left join rouges as en_tout
        on en_tout.seuil_rouge = juges.seuil_rouge and en_tout.denominateur = juges.d_etat
    window voisins as (partition by niveau, departement, mois, code, pairs)
)
select niveau, departement, mois, code, guichet, type_guichet,
    numerateur, denominateur, numerateur / nullif(denominateur, 0) as taux, etat_mois,
    numerateur_12m, denominateur_12m,
    numerateur_12m / nullif(denominateur_12m, 0) as taux_12m,
    nb_mois::integer as nb_mois, etat,
    {wilson("n_etat", "d_etat", "basse")} as borne_basse,
    {wilson("n_etat", "d_etat", "haute")} as borne_haute,
    if(classe, rank() over rangs, null)::integer as rang,
    {_limites_entonnoir()},
    taux_ensemble, fenetre, n_etat, d_etat, n_etat / nullif(d_etat, 0) as taux_etat
from etats
window rangs as (
    partition by niveau, departement, mois, code, pairs, classe
    order by n_etat / nullif(d_etat, 0)
)
"""


def calculer_valeurs(con: Connexion) -> None:
    """Replace `valeurs_calculees`: one row per niveau, departement, mois, code and guichet.

    Reads `comptes`, `calculabilite`, `registre` and `regles`. A guichet or organisme without
    a unit in the 12 months has no row; the département's row ('*') always exists, with null
    counts when the indicator is not calculable. An organisme has one type per month for all
    its indicators: that of most of its guichets' units, INCONNU, then PORTAIL, only when all of
    them are. The row of a type holds its guichets together, SANS_TYPE those that the register does
    not know or whose type it does not say: nothing is judged of the latter, nor of a département
    none of whose guichets has a type.
    `n_etat`, `d_etat` and `taux_etat` are what `etat` rests on, those of `fenetre`.
    """
    sommer_comptes(con)
    juger_sommes(con)


def sommer_comptes(con: Connexion) -> None:
    """Replace `comptes_niveaux` and `mois_couverts`: what `juger_sommes` judges, and its months."""
    for requete in (_RANGS, _COMPTES_FENETRES, _MOIS_COUVERTS, _TYPES_ORGANISMES, _NIVEAUX):
        con.execute(requete)


def juger_sommes(con: Connexion) -> None:
    """Replace `valeurs_calculees` (see `calculer_valeurs`) from `comptes_niveaux`."""
    _juger(con, "table valeurs_calculees")


def valeurs_completes(con: Connexion) -> bool:
    """Tell whether `valeurs`, if there is such a table, has all that this program publishes."""
    try:
        colonnes = con.execute("describe valeurs").fetchall()
    except duckdb.CatalogException:
        return True
    return "fenetre" in {nom for nom, *_ in colonnes}


def completer_valeurs(con: Connexion) -> None:
    """Give the `valeurs` of a version published before what its states rest on, and its types.

    What is published stays as it is. Reads `regles`: a value whose rule is gone gets nothing.
    """
    if valeurs_completes(con):
        return
    completer_regles(con)
    con.execute(_MOIS_PUBLIES)
    con.execute(_NIVEAUX_PUBLIES)
    _juger(con, "temp table valeurs_rejugees")
    con.execute(_COMPLETER)
    con.execute("drop table valeurs_rejugees")


def _juger(con: Connexion, cible: str) -> None:
    """Judge `comptes_niveaux` by `regles` into a table: the only place where counts get a state."""
    con.execute(_JUGES)
    _chercher_rouges(con)
    con.execute(_valeurs(cible))


def _chercher_rouges(con: Connexion) -> None:
    """Replace `rouges`: the least rouge numerator of each threshold and denominator to judge."""
    from infocentre.mesures.probabilites import numerateurs_rouges

    couples = con.execute(_A_JUGER).fetchall()
    seuils, effectifs = [un[0] for un in couples], [un[1] for un in couples]
    con.execute(_ROUGES, [seuils, effectifs, numerateurs_rouges(seuils, effectifs).tolist()])

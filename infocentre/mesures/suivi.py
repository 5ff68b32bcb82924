"""Anomalies as things that live, derived in the order of months, never of loading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infocentre.catalogue.remedes import CLOSE, CONSTAT, CORRIGEE, OUVERTE, RETIREE, SORTIE
from infocentre.noyau.etats import Etat

if TYPE_CHECKING:
    from infocentre.mesures.connexion import Connexion

# The steps of an indicator are the months in which it could be calculated: a month that
# lacks the column says nothing about its anomalies, so it neither closes nor opens one.
_ETAPES = f"""
create or replace temp table etapes as
select r.code, r.nature, r.population, c.departement, c.mois, c.empreinte,
    row_number() over (partition by r.code, c.departement order by c.mois) as etape
from controles_courants as c
join valeurs as v using (departement, mois)
join regles as r using (code)
where v.niveau = 'departement' and v.etat <> '{Etat.NON_CALCULABLE}'
"""

_STOCK = f"""
create or replace temp table suivi_stock as
with vues as (
    select c.code, c.departement, c.unite, c.mois, e.etape, e.population,
        min(c.guichet) as guichet, min(c.numero_unique) as numero_unique
    from constats as c
    join etapes as e using (code, departement, mois, empreinte)
    where e.nature = 'stock'
    group by all
),
iles as (
    select *, etape - row_number() over (
        partition by code, departement, unite order by etape) as ile
    from vues
),
sejours as (
    select code, departement, unite, population,
        arg_max(guichet, etape) as guichet,
        arg_max(numero_unique, etape) as numero_unique,
        min(mois) as premier_mois, max(mois) as dernier_mois, max(etape) + 1 as etape
    from iles
    group by code, departement, unite, population, ile
),
fins as (
    select s.* exclude (etape), e.mois as mois_cloture
    from sejours as s
    left join etapes as e using (code, departement, etape)
),
restees as (
    select distinct p.code_population as population, p.departement, p.unite,
        p.mois as mois_cloture
    from presents as p
    semi join fins as f
        on f.population = p.code_population and f.departement = p.departement
        and f.unite = p.unite and f.mois_cloture = p.mois
)
select f.code, f.departement, f.unite, f.guichet, f.numero_unique,
    f.premier_mois, f.dernier_mois,
    if(f.mois_cloture is null, '{OUVERTE}', '{CLOSE}') as statut,
    case
        when f.mois_cloture is null then null
        when r.unite is null and f.code not in (from regles select code where sortie_corrige)
            then '{SORTIE}'
        else '{CORRIGEE}'
    end as motif_cloture,
    f.mois_cloture
from fins as f
left join restees as r using (population, departement, unite, mois_cloture)
"""

_FLUX = f"""
create or replace temp table suivi_flux as
with vues as (
    select c.*, r.remede, c.empreinte = e.empreinte as courante
    from constats as c
    join controles_courants as e using (departement, mois)
    join regles as r using (code)
    where r.nature = 'flux'
),
datees as (
    select code, departement, unite, mois, remede,
        first(guichet order by courante desc, empreinte) as guichet,
        first(numero_unique order by courante desc, empreinte) as numero_unique,
        bool_or(courante) as listee
    from vues
    group by all
)
select d.code, d.departement, d.unite, d.guichet, d.numero_unique,
    d.mois as premier_mois, d.mois as dernier_mois,
    case
        when partie then '{CLOSE}'
        when d.remede = 'constater' then '{CONSTAT}'
        else '{OUVERTE}'
    end as statut,
    case
        when not partie then null
        when d.remede = 'constater' then '{RETIREE}'
        else '{CORRIGEE}'
    end as motif_cloture,
    if(partie, d.mois, null) as mois_cloture
from (
    select d.*, not d.listee and e.mois is not null as partie
    from datees as d
    left join etapes as e using (code, departement, mois)
) as d
"""


def calculer_suivi(con: Connexion) -> None:
    """Replace `suivi_anomalies`: one row per stay of a unit in anomaly.

    Reads `constats`, `controles_courants`, `presents`, `valeurs` (what was calculable) and
    `regles`. A stock anomaly closes at the next month controlled, 'corrigée'
    when its unit is still in the population or when leaving it is what was asked
    (`sortie_corrige`), 'sortie' otherwise. A flow anomaly belongs to
    its month, and is 'corrigée' when the current delivery of that month lists it no more.
    A past fact is a 'constat passé', never open; what a corrected delivery lists no more was
    not corrected by the guichet but withdrawn: 'retirée'.
    """
    for requete in (_ETAPES, _STOCK, _FLUX):
        con.execute(requete)
    con.execute(
        "create or replace table suivi_anomalies as "
        "from suivi_stock union all by name from suivi_flux"
    )

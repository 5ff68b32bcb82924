-- code: DEM-02
-- titre: Demandes déposées mois par mois sur 12 mois
-- grain: une ligne par mois de la fenêtre (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes déposées dans chacun des 12 mois qui finissent à l'arrêté, actives ou déjà
--   radiées, et part du portail grand public
-- sur: archives
-- note: Datées par la date de dépôt, lues dans la livraison de ce mois. Les associations sont
--   comprises. Le portail est le canal de la création de la demande.
-- requiert: stock.mode_mutation, radiation.mode_mutation
with comptes as (
    select
        departement,
        mois,
        date_diff('month', date_creation, arrete) as recul,
        date_trunc('month', date_creation) as premier_jour,
        count(*) as total,
        count(*) filter (where mode_mutation = 1) as mutations,
        count(*) filter (where estcreeesitegrandpublic = 1) as portail
    from stock
    where sur_douze_mois(date_creation, arrete)
    group by all
    union all
    select
        departement,
        mois,
        date_diff('month', date_creation, arrete) as recul,
        date_trunc('month', date_creation) as premier_jour,
        count(*) as total,
        count(*) filter (where mode_mutation = 1) as mutations,
        count(*) filter (where estcreeesitegrandpublic = 1) as portail
    from radiation
    where sur_douze_mois(date_creation, arrete)
    group by all
),

lignes as (
    select
        departement,
        mois,
        case when grouping(recul) = 1 then 99 else 12 - recul end as ordre,
        case when grouping(recul) = 1 then '*' else strftime(min(premier_jour), '%Y-%m') end
            as code,
        case
            when grouping(recul) = 1 then '12 mois'
            else nom_du_mois(min(premier_jour))
        end as libelle,
        sum(total)::bigint as total,
        sum(mutations)::bigint as mutations,
        sum(total - mutations)::bigint as hors_mutation,
        sum(portail)::bigint as portail
    from comptes
    group by grouping sets ((departement, mois, recul), (departement, mois))
)

select
    departement,
    mois,
    ordre,
    code,
    libelle,
    total,
    mutations,
    hors_mutation,
    portail,
    portail / nullif(total, 0) as part_portail
from lignes

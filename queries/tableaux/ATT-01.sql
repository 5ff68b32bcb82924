-- code: ATT-01
-- titre: Attributions mois par mois sur 12 mois et demandes pour une attribution
-- grain: une ligne par mois de la fenêtre (departement, mois, code), et une ligne « Ensemble »
-- objet: attributions prononcées dans chacun des 12 mois qui finissent à l'arrêté ; demandes
--   actives pour une attribution des 12 mois, toutes demandes, mutations et hors mutation
-- sur: archives
-- note: Attributions datées par la radiation, lues dans la livraison de ce mois. Les demandes
--   pour une attribution, sur la ligne « 12 mois », rapportent les demandes actives à l'arrêté
--   aux attributions des 12 mois ; les associations sont comprises.
-- requiert: stock.mode_mutation, radiation.mode_mutation
with comptes as (
    select
        departement,
        mois,
        arrete,
        date_diff('month', date_radiation, arrete) as recul,
        count(*) as total,
        count(*) filter (where mode_mutation = 1) as mutations
    from radiation
    where
        motif_radiation = 'RADATT'
        and sur_douze_mois(date_radiation, arrete)
    group by all
),

arretes as (
    select distinct
        departement,
        mois,
        arrete
    from comptes
),

fenetres as (
    select
        arretes.departement,
        arretes.mois,
        reculs.recul,
        date_trunc('month', arretes.arrete) - to_months(reculs.recul::integer) as premier_jour
    from arretes
    cross join range(12) as reculs (recul)
),

mensuels as (
    select
        fenetres.*,
        coalesce(comptes.total, 0) as total,
        coalesce(comptes.mutations, 0) as mutations
    from fenetres
    left join comptes
        on
            fenetres.departement = comptes.departement
            and fenetres.mois = comptes.mois
            and fenetres.recul = comptes.recul
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
        sum(total - mutations)::bigint as hors_mutation
    from mensuels
    group by grouping sets ((departement, mois, recul), (departement, mois))
),

actives as (
    select
        departement,
        mois,
        count(*) as demandes,
        count(*) filter (where mode_mutation = 1) as demandes_mutations,
        count(*) filter (where mode_mutation is distinct from 1) as demandes_hors_mutation
    from stock
    group by all
)

select
    lignes.*,
    actives.demandes as demandes_actives,
    actives.demandes_mutations as demandes_actives_mutations,
    actives.demandes_hors_mutation as demandes_actives_hors_mutation,
    actives.demandes / nullif(lignes.total, 0) as demandes_pour_une_attribution,
    actives.demandes_mutations / nullif(lignes.mutations, 0)
        as demandes_pour_une_attribution_mutations,
    actives.demandes_hors_mutation / nullif(lignes.hors_mutation, 0)
        as demandes_pour_une_attribution_hors_mutation
from lignes
left join actives
    on
        lignes.departement = actives.departement
        and lignes.mois = actives.mois
        and lignes.code = '*'

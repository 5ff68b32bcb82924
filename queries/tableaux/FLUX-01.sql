-- code: FLUX-01
-- titre: Dépôts, radiations et attributions des douze mois
-- grain: une ligne par mois de la fenêtre (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes déposées et radiées dans chacun des 12 mois qui finissent à l'arrêté, dont les
--   attributions, celles aux ménages prioritaires, et les non-renouvellements
-- sur: archives
-- note: Tout est lu dans la livraison de ce mois : ce qui a été saisi tard y est. Les dépôts sont
--   datés par le dépôt, que la demande soit active ou déjà radiée ; les autres flux par la
--   radiation. Les ménages prioritaires comprennent les ménages DALO. Associations comprises.
-- requiert: radiation.nb_dalo, radiation.nb_menage_prioritaire
with actes as (
    select
        departement,
        mois,
        arrete,
        date_creation as jour,
        1 as depots,
        null as motif,
        false as prioritaire
    from stock
    union all
    select
        departement,
        mois,
        arrete,
        date_creation as jour,
        1 as depots,
        null as motif,
        false as prioritaire
    from radiation
    union all
    select
        departement,
        mois,
        arrete,
        date_radiation as jour,
        0 as depots,
        coalesce(motif_radiation, 'NR') as motif,
        1 in (nb_dalo, nb_menage_prioritaire) as prioritaire
    from radiation
),

comptes as (
    select
        departement,
        mois,
        arrete,
        date_diff('month', jour, arrete) as recul,
        sum(depots) as depots,
        count(motif) as radiations,
        count(*) filter (where motif = 'RADATT') as attributions,
        count(*) filter (where motif = 'RADATT' and prioritaire) as attributions_prioritaires,
        count(*) filter (where motif = 'RADREN') as non_renouvellements
    from actes
    where sur_douze_mois(jour, arrete)
    group by all
),

fenetres as (
    select
        arretes.departement,
        arretes.mois,
        reculs.recul,
        date_trunc('month', arretes.arrete) - to_months(reculs.recul::integer) as premier_jour
    from (
        select distinct
            departement,
            mois,
            arrete
        from actes
    ) as arretes
    cross join range(12) as reculs (recul)
)

select
    fenetres.departement,
    fenetres.mois,
    case when grouping(fenetres.recul) = 1 then 99 else 12 - fenetres.recul end as ordre,
    case
        when grouping(fenetres.recul) = 1 then '*'
        else strftime(min(fenetres.premier_jour), '%Y-%m')
    end as code,
    case
        when grouping(fenetres.recul) = 1 then '12 mois'
        else nom_du_mois(min(fenetres.premier_jour))
    end as libelle,
    coalesce(sum(comptes.depots), 0)::bigint as depots,
    coalesce(sum(comptes.radiations), 0)::bigint as radiations,
    coalesce(sum(comptes.attributions), 0)::bigint as attributions,
    coalesce(sum(comptes.attributions_prioritaires), 0)::bigint as attributions_prioritaires,
    coalesce(sum(comptes.non_renouvellements), 0)::bigint as non_renouvellements
from fenetres
left join comptes
    on
        fenetres.departement = comptes.departement
        and fenetres.mois = comptes.mois
        and fenetres.recul = comptes.recul
group by grouping sets (
    (fenetres.departement, fenetres.mois, fenetres.recul), (fenetres.departement, fenetres.mois)
)

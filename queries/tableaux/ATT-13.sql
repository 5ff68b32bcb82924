-- code: ATT-13
-- titre: Demandes pour une attribution par composition familiale
-- grain: une ligne par composition familiale (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives et attributions de 12 mois par composition familiale du ménage, et
--   demandes pour une attribution
-- sur: archives
-- note: Associations comprises, qui n'ont pas de composition familiale. Attributions des 12 mois
--   qui finissent à l'arrêté, datées par la radiation, lues dans la livraison de ce mois.
-- requiert: stock.mode_mutation, stock.composition_famille, radiation.mode_mutation,
--   radiation.composition_famille
with compositions as (
    select *
    from modalites_de_liste(
        'COMPOSITION_FAMILLE',
        place_du_code('COMPOSITION_FAMILLE', code)
    )
),

comptes_par_composition as (
    select
        stock.departement,
        stock.mois,
        modalite_de(compositions.code, stock.composition_famille) as code,
        count(*) as demandes_actives,
        count(*) filter (where stock.mode_mutation is distinct from 1)
            as demandes_actives_hors_mutation,
        0 as attributions,
        0 as attributions_hors_mutation
    from stock
    left join compositions on stock.composition_famille = compositions.code
    group by all
    union all
    select
        radiation.departement,
        radiation.mois,
        modalite_de(compositions.code, radiation.composition_famille) as code,
        0 as demandes_actives,
        0 as demandes_actives_hors_mutation,
        count(*) as attributions,
        count(*) filter (where radiation.mode_mutation is distinct from 1)
            as attributions_hors_mutation
    from radiation
    left join compositions on radiation.composition_famille = compositions.code
    where
        radiation.motif_radiation = 'RADATT'
        and sur_douze_mois(radiation.date_radiation, radiation.arrete)
    group by all
)

select * from pression('comptes_par_composition', 'compositions')

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

unites as (
    select
        departement,
        mois,
        composition_famille as modalite,
        false as attribuee,
        mode_mutation
    from stock
    union all
    select
        departement,
        mois,
        composition_famille as modalite,
        true as attribuee,
        mode_mutation
    from radiation
    where
        motif_radiation = 'RADATT'
        and sur_douze_mois(date_radiation, arrete)
)

select * from pression('unites', 'compositions')

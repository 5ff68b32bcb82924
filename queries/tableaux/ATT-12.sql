-- code: ATT-12
-- titre: Demandes pour une attribution par typologie
-- grain: une ligne par typologie (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives par typologie recherchée, attributions de 12 mois par typologie du
--   logement attribué, et demandes pour une attribution
-- sur: archives
-- note: Une demande compte dans la typologie de son premier souhait, une attribution dans celle du
--   logement : leur rapport mesure la tension de la typologie. Les logements attribués de six
--   pièces et plus sont réunis, comme les souhaits ; une chambre n'est jamais attribuée sous ce
--   nom. Associations comprises. Attributions des 12 mois qui finissent à l'arrêté, datées par la
--   radiation, lues dans la livraison de ce mois.
-- requiert: stock.mode_mutation, stock.type_logement_recherche, radiation.mode_mutation,
--   radiation.type_logement_attrib
with typologies as (
    select *
    from modalites_de_liste(
        'TYPE_LOGEMENT_RECHERCHE',
        place_du_code('TYPE_LOGEMENT_RECHERCHE', code)
    )
),

unites as (
    select
        departement,
        mois,
        type_logement_recherche as modalite,
        false as attribuee,
        mode_mutation
    from stock
    union all
    select
        departement,
        mois,
        case
            when type_logement_attrib in ('T6', 'T7', 'T8', 'T9P') then 'T6P'
            else type_logement_attrib
        end as modalite,
        true as attribuee,
        mode_mutation
    from radiation
    where
        motif_radiation = 'RADATT'
        and sur_douze_mois(date_radiation, arrete)
)

select * from pression('unites', 'typologies')

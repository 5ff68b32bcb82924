-- code: ATT-05
-- titre: Attributions aux ménages DALO et prioritaires, par réservataire
-- grain: une ligne par réservataire (departement, mois, code), et une ligne « Ensemble »
-- objet: attributions de 12 mois aux ménages reconnus DALO et aux ménages prioritaires, sur le
--   contingent de chaque réservataire
-- sur: archives
-- note: Les ménages prioritaires comprennent les ménages DALO (CCH L.441-1).
--   « attribuees_au_titre_du_dalo » est la réponse du guichet à l'attribution. « manquantes » est
--   ce qui sépare les attributions aux prioritaires de l'objectif : celui qui est fixé pour
--   l'année, au réservataire ou au département, sinon celui des réglages. Attributions des 12
--   mois qui finissent à l'arrêté, datées par la radiation, lues dans la livraison de ce mois.
-- requiert: radiation.type_reservataire, radiation.nb_dalo, radiation.nb_menage_prioritaire,
--   radiation.attribue_dalo
with comptes as (
    select
        radiation.departement,
        radiation.mois,
        modalite_de(codes.code, radiation.type_reservataire) as code,
        count(*) as attributions,
        count(*) filter (where radiation.nb_dalo = 1) as dalo,
        count(*) filter (where 1 in (radiation.nb_dalo, radiation.nb_menage_prioritaire))
            as prioritaires,
        count(*) filter (where radiation.attribue_dalo = 'OUI') as attribuees_au_titre_du_dalo
    from radiation
    left join codes
        on codes.liste = 'TYPE_RESERVATAIRE' and radiation.type_reservataire = codes.code
    where
        radiation.motif_radiation = 'RADATT'
        and sur_douze_mois(radiation.date_radiation, radiation.arrete)
    group by all
),

modalites as (
    select *
    from modalites_de_liste(
        'TYPE_RESERVATAIRE',
        place_du_code('TYPE_RESERVATAIRE', code)
    )
),

lignes as (
    select
        comptes.departement,
        comptes.mois,
        modalites.ordre,
        modalites.code,
        modalites.libelle,
        coalesce(sum(comptes.attributions), 0)::bigint as attributions,
        coalesce(sum(comptes.dalo), 0)::bigint as dalo,
        coalesce(sum(comptes.prioritaires), 0)::bigint as prioritaires,
        coalesce(sum(comptes.attribuees_au_titre_du_dalo), 0)::bigint
            as attribuees_au_titre_du_dalo
    from comptes
    inner join modalites on modalites.code in (comptes.code, '*')
    group by all
),

visees as (
    select
        lignes.*,
        coalesce(
            objectif_fixe(
                'objectifs', 'prioritaires', lignes.departement, lignes.mois, lignes.code
            ),
            regles.valeur
        ) as objectif
    from lignes
    left join reglages as regles on regles.cle = 'dalo_objectif'
)

select
    visees.departement,
    visees.mois,
    visees.ordre,
    visees.code,
    visees.libelle,
    visees.attributions,
    visees.dalo,
    visees.dalo / nullif(visees.attributions, 0) as part_dalo,
    visees.prioritaires,
    visees.prioritaires / nullif(visees.attributions, 0) as part_prioritaires,
    visees.attribuees_au_titre_du_dalo,
    visees.objectif,
    greatest(ceil(visees.objectif * visees.attributions - 1e-9) - visees.prioritaires, 0)::bigint
        as manquantes
from visees

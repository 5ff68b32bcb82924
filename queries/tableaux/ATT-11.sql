-- code: ATT-11
-- titre: Réalisé et objectifs par arrondissement
-- grain: une ligne par arrondissement du logement (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: attributions de 12 mois, dont celles aux ménages prioritaires, et attributions du
--   Logement d'abord depuis le 1er janvier, face à leurs objectifs
-- sur: archives
-- note: L'arrondissement est celui de la sous-préfecture dont dépend la commune du logement.
--   « manquantes » est ce qui sépare les attributions aux ménages prioritaires de l'objectif.
--   L'objectif du Logement d'abord est celui de l'arrondissement s'il est réglé ; sur la ligne
--   « Ensemble », celui du département ; ce qui est fixé pour l'année passe avant les réglages.
--   « prorata » est l'objectif pour les mois écoulés de
--   l'année. Attributions datées par la radiation, lues dans la livraison de ce mois.
-- requiert: radiation.commune_logement_attrib, radiation.nb_dalo,
--   radiation.nb_menage_prioritaire, radiation.mode_logement_actuel
with arrondissements as (
    select
        code as commune,
        departement,
        arrondissement as code,
        arrondissement_nom as libelle
    from communes
),

comptes as (
    select
        radiation.departement,
        radiation.mois,
        case
            when arrondissements.code is null then 'NR'
            when arrondissements.departement <> radiation.departement then 'HD'
            else arrondissements.code
        end as code,
        case
            when arrondissements.code is null then 'Arrondissement inconnu'
            when arrondissements.departement <> radiation.departement then 'Autre département'
            else arrondissements.libelle
        end as libelle,
        count(*) as attributions,
        count(*) filter (where 1 in (radiation.nb_dalo, radiation.nb_menage_prioritaire))
            as prioritaires,
        count(*) filter (where radiation.date_radiation >= date_trunc('year', radiation.arrete))
            as toutes_attributions_annee,
        count(*) filter (
            where
            radiation.date_radiation >= date_trunc('year', radiation.arrete)
            and radiation.mode_logement_actuel in ('SD', 'SH', 'HOT')
        ) as logement_dabord_annee
    from radiation
    left join arrondissements on radiation.commune_logement_attrib = arrondissements.commune
    where
        radiation.motif_radiation = 'RADATT'
        and sur_douze_mois(radiation.date_radiation, radiation.arrete)
    group by all
),

lignes as (
    select
        departement,
        mois,
        coalesce(code, '*') as code,
        if(code is null, 'Ensemble', any_value(libelle)) as libelle,
        sum(attributions)::bigint as attributions,
        sum(prioritaires)::bigint as prioritaires,
        sum(toutes_attributions_annee)::bigint as toutes_attributions_annee,
        sum(logement_dabord_annee)::bigint as logement_dabord_annee
    from comptes
    group by grouping sets ((departement, mois, code), (departement, mois))
),

visees as (
    select
        lignes.*,
        coalesce(
            objectif_fixe('objectifs', 'prioritaires', lignes.departement, lignes.mois, '*'),
            parts.valeur
        ) as objectif,
        coalesce(
            if(
                lignes.code = '*',
                objectif_fixe(
                    'objectifs', 'logement_dabord', lignes.departement, lignes.mois, '*'
                ),
                null
            ),
            nombres.valeur
        ) as objectif_annuel
    from lignes
    left join reglages as parts on parts.cle = 'dalo_objectif'
    left join reglages as nombres
        on
            lignes.code = '*'
            and nombres.cle = 'logement_dabord_objectif'
            and lignes.departement = nombres.departement
            or nombres.cle = 'logement_dabord_arrondissement'
            and lignes.code = nombres.objet
)

select
    visees.departement,
    visees.mois,
    row_number() over (
        partition by visees.departement, visees.mois
        order by
            visees.code = '*',
            visees.code = 'NR',
            visees.code = 'HD',
            visees.attributions desc,
            visees.code asc
    ) as ordre,
    visees.code,
    visees.libelle,
    visees.attributions,
    visees.prioritaires,
    visees.prioritaires / nullif(visees.attributions, 0) as part_prioritaires,
    visees.objectif,
    greatest(ceil(visees.objectif * visees.attributions - 1e-9) - visees.prioritaires, 0)::bigint
        as manquantes,
    visees.toutes_attributions_annee,
    visees.logement_dabord_annee,
    visees.logement_dabord_annee / nullif(visees.toutes_attributions_annee, 0) as part_annee,
    visees.objectif_annuel,
    visees.objectif_annuel * right(visees.mois, 2)::int / 12 as prorata,
    visees.logement_dabord_annee / nullif(prorata, 0) as realise_sur_prorata
from visees

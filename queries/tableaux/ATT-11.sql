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
--   « Ensemble », celui du département. « prorata » est l'objectif pour les mois écoulés de
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
)

select
    lignes.departement,
    lignes.mois,
    row_number() over (
        partition by lignes.departement, lignes.mois
        order by
            lignes.code = '*',
            lignes.code = 'NR',
            lignes.code = 'HD',
            lignes.attributions desc,
            lignes.code asc
    ) as ordre,
    lignes.code,
    lignes.libelle,
    lignes.attributions,
    lignes.prioritaires,
    lignes.prioritaires / nullif(lignes.attributions, 0) as part_prioritaires,
    parts.valeur as objectif,
    greatest(ceil(parts.valeur * lignes.attributions - 1e-9) - lignes.prioritaires, 0)::bigint
        as manquantes,
    lignes.toutes_attributions_annee,
    lignes.logement_dabord_annee,
    lignes.logement_dabord_annee / nullif(lignes.toutes_attributions_annee, 0) as part_annee,
    objectifs.valeur as objectif_annuel,
    objectifs.valeur * right(lignes.mois, 2)::int / 12 as prorata,
    lignes.logement_dabord_annee / nullif(prorata, 0) as realise_sur_prorata
from lignes
left join reglages as parts on parts.cle = 'dalo_objectif'
left join reglages as objectifs
    on
        lignes.code = '*'
        and objectifs.cle = 'logement_dabord_objectif'
        and lignes.departement = objectifs.departement
        or objectifs.cle = 'logement_dabord_arrondissement'
        and lignes.code = objectifs.objet

-- code: ATT-08
-- titre: Attributions du Logement d'abord
-- grain: une ligne par logement actuel du ménage (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: attributions à des ménages sans abri, en structure d'hébergement ou à l'hôtel, sur 12
--   mois et depuis le 1er janvier, et objectif de l'année
-- sur: archives
-- note: Réalisé, objectif annuel et prorata (l'objectif pour les mois écoulés de l'année) sont
--   sur la ligne « Ensemble » ; l'objectif de chaque département est celui qui est fixé pour
--   l'année, sinon un réglage. Les parts sont rapportées à toutes les attributions de la même
--   fenêtre. Attributions datées par la radiation, lues dans la livraison de ce mois.
-- requiert: radiation.mode_logement_actuel
with comptes as (
    select
        departement,
        mois,
        coalesce(mode_logement_actuel, 'NONDOC') as code,
        count(*) as attributions_12_mois,
        count(*) filter (where date_radiation >= date_trunc('year', arrete))
            as attributions_annee,
        count(*) filter (where date_radiation >= date_trunc('month', arrete))
            as attributions_mois
    from radiation
    where
        motif_radiation = 'RADATT'
        and sur_douze_mois(date_radiation, arrete)
    group by all
),

modalites as (
    select
        code,
        libelle,
        list_position(['SD', 'SH', 'HOT'], code) as ordre
    from codes
    where liste = 'MODE_LOGEMENT_ACTUEL' and code in ('SD', 'SH', 'HOT')
    union all
    values ('*', 'Ensemble', 99)
),

lignes as (
    select
        comptes.departement,
        comptes.mois,
        modalites.ordre,
        modalites.code,
        modalites.libelle,
        comptes.code = modalites.code
        or (modalites.code = '*' and comptes.code in ('SD', 'SH', 'HOT')) as comptee,
        comptes.attributions_12_mois,
        comptes.attributions_annee,
        comptes.attributions_mois
    from comptes
    cross join modalites
),

sommes as (
    select
        departement,
        mois,
        ordre,
        code,
        libelle,
        coalesce(sum(attributions_mois) filter (where comptee), 0)::bigint as attributions_mois,
        coalesce(sum(attributions_annee) filter (where comptee), 0)::bigint as attributions_annee,
        coalesce(sum(attributions_12_mois) filter (where comptee), 0)::bigint
            as attributions_12_mois,
        sum(attributions_annee)::bigint as toutes_attributions_annee,
        sum(attributions_12_mois)::bigint as toutes_attributions_12_mois
    from lignes
    group by all
),

visees as (
    select
        sommes.*,
        if(
            sommes.code = '*',
            coalesce(
                objectif_fixe(
                    'objectifs', 'logement_dabord', sommes.departement, sommes.mois, '*'
                ),
                regles.valeur
            ),
            null
        ) as objectif_annuel
    from sommes
    left join reglages as regles
        on
            regles.cle = 'logement_dabord_objectif'
            and sommes.departement = regles.departement
)

select
    visees.departement,
    visees.mois,
    visees.ordre,
    visees.code,
    visees.libelle,
    visees.attributions_mois,
    visees.attributions_annee,
    visees.toutes_attributions_annee,
    visees.attributions_annee / nullif(visees.toutes_attributions_annee, 0) as part_annee,
    visees.attributions_12_mois,
    visees.toutes_attributions_12_mois,
    visees.attributions_12_mois / nullif(visees.toutes_attributions_12_mois, 0) as part_12_mois,
    visees.objectif_annuel,
    visees.objectif_annuel * right(visees.mois, 2)::int / 12 as prorata,
    visees.attributions_annee / nullif(prorata, 0) as realise_sur_prorata
from visees

-- code: ATT-04
-- titre: Attributions par réservataire
-- grain: une ligne par réservataire (departement, mois, code), et une ligne « Ensemble »
-- objet: attributions de 12 mois par type de réservataire du logement
-- sur: archives
-- note: « Logement non réservé » est déclaré par le guichet. Attributions des 12 mois qui
--   finissent à l'arrêté, datées par la radiation, lues dans la livraison de ce mois. Chaque part
--   est rapportée à l'ensemble de sa colonne, attributions non renseignées comprises.
-- requiert: radiation.mode_mutation, radiation.type_reservataire
with comptes as (
    select
        radiation.departement,
        radiation.mois,
        case
            when codes.code is not null then codes.code
            when coalesce(radiation.type_reservataire, 'NONDOC') = 'NONDOC' then 'NR'
            else 'HL'
        end as code,
        count(*) as total,
        count(*) filter (where radiation.mode_mutation = 1) as mutations
    from radiation
    left join codes
        on codes.liste = 'TYPE_RESERVATAIRE' and radiation.type_reservataire = codes.code
    where
        radiation.motif_radiation = 'RADATT'
        and radiation.date_radiation
        between date_trunc('month', radiation.arrete) - interval 11 month and radiation.arrete
    group by all
),

modalites (code, libelle, ordre) as (
    select
        code,
        libelle,
        coalesce(
            list_position(['COLTER', 'COLACT', 'PPRIOR', 'PFONCT', 'AUTRES', 'AUCUN'], code), 90
        ) as ordre
    from codes
    where liste = 'TYPE_RESERVATAIRE'
    union all
    values
    ('HL', 'Code hors liste', 97),
    ('NR', 'Non renseigné', 98),
    ('*', 'Ensemble', 99)
),

lignes as (
    select
        comptes.departement,
        comptes.mois,
        modalites.ordre,
        modalites.code,
        modalites.libelle,
        sum(comptes.total) as total_ensemble,
        sum(comptes.mutations) as mutations_ensemble,
        coalesce(
            sum(comptes.total) filter (where modalites.code in (comptes.code, '*')), 0
        ) as total,
        coalesce(
            sum(comptes.mutations) filter (where modalites.code in (comptes.code, '*')), 0
        ) as mutations
    from comptes
    cross join modalites
    group by all
)

select
    departement,
    mois,
    ordre,
    code,
    libelle,
    total::bigint as total,
    mutations::bigint as mutations,
    (total - mutations)::bigint as hors_mutation,
    total_ensemble::bigint as total_ensemble,
    mutations_ensemble::bigint as mutations_ensemble,
    (total_ensemble - mutations_ensemble)::bigint as hors_mutation_ensemble,
    total / nullif(total_ensemble, 0) as part_total,
    mutations / nullif(mutations_ensemble, 0) as part_mutations,
    hors_mutation / nullif(hors_mutation_ensemble, 0) as part_hors_mutation
from lignes
where code <> 'HL' or total > 0

-- code: ATT-10
-- titre: Attributions par position au plafond de ressources
-- grain: une ligne par position au plafond (departement, mois, code), et une ligne « Ensemble »
-- objet: attributions de 12 mois selon la position du ménage au plafond de ressources
-- sur: archives
-- note: « sous_le_plafond » cumule les lignes : sous le plafond PLUS comprend sous le plafond
--   PLAI ; sa part est rapportée à « plafond_connu », les positions renseignées et de la liste.
--   Attributions des 12 mois qui finissent à l'arrêté, datées par la radiation, lues dans la
--   livraison de ce mois. Chaque part est rapportée à l'ensemble de sa colonne, attributions non
--   renseignées comprises.
-- requiert: radiation.mode_mutation, radiation.position_plafond
with comptes as (
    select
        radiation.departement,
        radiation.mois,
        case
            when codes.code is not null then codes.code
            when coalesce(radiation.position_plafond, 'NONDOC') = 'NONDOC' then 'NR'
            else 'HL'
        end as code,
        count(*) as total,
        count(*) filter (where radiation.mode_mutation = 1) as mutations
    from radiation
    left join codes
        on codes.liste = 'POSITION_PLAFOND' and radiation.position_plafond = codes.code
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
        coalesce(list_position(['PLAI', 'PLUS', 'PLS', 'SUP'], code), 90) as ordre
    from codes
    where liste = 'POSITION_PLAFOND'
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
    hors_mutation / nullif(hors_mutation_ensemble, 0) as part_hors_mutation,
    sum(total) filter (where code in ('PLAI', 'PLUS', 'PLS', 'SUP')) over (
        partition by departement, mois
    )::bigint as plafond_connu,
    case
        when code in ('PLAI', 'PLUS', 'PLS')
            then sum(total) filter (where code in ('PLAI', 'PLUS', 'PLS')) over (
                partition by departement, mois
                order by ordre
            )::bigint
    end as sous_le_plafond,
    sous_le_plafond / nullif(plafond_connu, 0) as part_sous_le_plafond
from lignes
where code <> 'HL' or total > 0

-- code: DEM-04
-- titre: Demandes actives par typologie recherchée
-- grain: une ligne par typologie recherchée (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté, associations comprises, par typologie du logement recherché
-- sur: archives
-- note: Typologie du premier souhait. Les mutations sont les demandes de ménages déjà locataires
--   du parc social. Chaque part est rapportée à l'ensemble de sa colonne, demandes non
--   renseignées comprises.
-- requiert: stock.mode_mutation, stock.type_logement_recherche
with comptes as (
    select
        stock.departement,
        stock.mois,
        case
            when codes.code is not null then codes.code
            when coalesce(stock.type_logement_recherche, 'NONDOC') = 'NONDOC' then 'NR'
            else 'HL'
        end as code,
        count(*) as total,
        count(*) filter (where stock.mode_mutation = 1) as mutations
    from stock
    left join codes
        on codes.liste = 'TYPE_LOGEMENT_RECHERCHE' and stock.type_logement_recherche = codes.code
    group by all
),

modalites (code, libelle, ordre) as (
    select
        code,
        libelle,
        coalesce(list_position(['C', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6P'], code), 90) as ordre
    from codes
    where liste = 'TYPE_LOGEMENT_RECHERCHE'
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

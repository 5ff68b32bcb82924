-- code: TAB03-04
-- titre: Demandes en cours hors associations, par taille du ménage
-- grain: une ligne par taille du ménage (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par taille du ménage
-- sur: archives
-- note: Nombre de personnes à loger ; zéro est non renseigné. Les mutations sont les demandes de
--   ménages déjà locataires du parc social. Chaque part est rapportée à l'ensemble de sa colonne,
--   demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.taille_menage
with comptes as (
    select
        departement,
        mois,
        case
            when taille_menage is null or taille_menage < 1 then 'NR'
            when taille_menage >= 6 then '6P'
            else taille_menage::varchar
        end as code,
        count(*) as total,
        count(*) filter (where mode_mutation = 1) as mutations
    from stock
    where type_demandeur = 'PP'
    group by all
),

modalites (code, libelle, ordre) as (
    values
    ('1', '1 personne', 1),
    ('2', '2 personnes', 2),
    ('3', '3 personnes', 3),
    ('4', '4 personnes', 4),
    ('5', '5 personnes', 5),
    ('6P', '6 personnes et plus', 6),
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

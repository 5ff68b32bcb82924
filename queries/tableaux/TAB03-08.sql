-- code: TAB03-08
-- titre: Demandes en cours hors associations, par revenu mensuel du foyer
-- grain: une ligne par tranche de revenu (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par revenu mensuel du
--   foyer
-- sur: archives
-- note: Revenu déclaré par le foyer, toutes personnes réunies ; un revenu négatif est non
--   renseigné. Les mutations sont les demandes de ménages déjà locataires du parc social. Chaque
--   part est rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.revenu_mensuel_foyer
with comptes as (
    select
        departement,
        mois,
        case
            when revenu_mensuel_foyer is null or revenu_mensuel_foyer < 0 then 'NR'
            when revenu_mensuel_foyer < 500 then 'M500'
            when revenu_mensuel_foyer < 1000 then 'R500'
            when revenu_mensuel_foyer < 1500 then 'R1000'
            when revenu_mensuel_foyer < 2000 then 'R1500'
            when revenu_mensuel_foyer < 2500 then 'R2000'
            when revenu_mensuel_foyer < 3000 then 'R2500'
            when revenu_mensuel_foyer < 4000 then 'R3000'
            else 'P4000'
        end as code,
        count(*) as total,
        count(*) filter (where mode_mutation = 1) as mutations
    from stock
    where type_demandeur = 'PP'
    group by all
),

modalites (code, libelle, ordre) as (
    values
    ('M500', 'Moins de 500 €', 1),
    ('R500', 'De 500 à 999 €', 2),
    ('R1000', 'De 1 000 à 1 499 €', 3),
    ('R1500', 'De 1 500 à 1 999 €', 4),
    ('R2000', 'De 2 000 à 2 499 €', 5),
    ('R2500', 'De 2 500 à 2 999 €', 6),
    ('R3000', 'De 3 000 à 3 999 €', 7),
    ('P4000', '4 000 € et plus', 8),
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

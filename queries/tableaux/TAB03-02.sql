-- code: TAB03-02
-- titre: Demandes en cours hors associations, par âge du demandeur
-- grain: une ligne par tranche d'âge (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par âge du demandeur
-- sur: archives
-- note: Âge révolu à l'arrêté d'après la date de naissance ; à défaut, âge déclaré à la demande.
--   Un âge hors de 0 à 120 ans est non renseigné. Les mutations sont les demandes de ménages déjà
--   locataires du parc social. Chaque part est rapportée à l'ensemble de sa colonne, demandes non
--   renseignées comprises.
-- requiert: stock.mode_mutation, stock.date_naiss_demandeur
-- facultatif: stock.age_demandeur_demande
with comptes as (
    select
        departement,
        mois,
        coalesce(date_sub('year', date_naiss_demandeur, arrete), age_demandeur_demande) as age,
        case
            when date_naiss_demandeur > arrete or age is null or age > 120 or age < 0 then 'NR'
            when age < 25 then 'M25'
            when age < 30 then 'A25_29'
            when age < 40 then 'A30_39'
            when age < 50 then 'A40_49'
            when age < 60 then 'A50_59'
            when age < 65 then 'A60_64'
            when age < 75 then 'A65_74'
            else 'P75'
        end as code,
        count(*) as total,
        count(*) filter (where mode_mutation = 1) as mutations
    from stock
    where type_demandeur = 'PP'
    group by all
),

modalites (code, libelle, ordre) as (
    values
    ('M25', 'Moins de 25 ans', 1),
    ('A25_29', 'De 25 à 29 ans', 2),
    ('A30_39', 'De 30 à 39 ans', 3),
    ('A40_49', 'De 40 à 49 ans', 4),
    ('A50_59', 'De 50 à 59 ans', 5),
    ('A60_64', 'De 60 à 64 ans', 6),
    ('A65_74', 'De 65 à 74 ans', 7),
    ('P75', '75 ans et plus', 8),
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

-- code: TAB03-01
-- titre: Demandes en cours hors associations, par ancienneté
-- grain: une ligne par tranche d'ancienneté (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par ancienneté depuis
--   le dépôt
-- sur: archives
-- note: L'ancienneté va de la date de dépôt à l'arrêté ; la moyenne et la médiane, en mois (jours
--   divisés par 30,4375), sont sur la ligne « Ensemble ». Les mutations sont les demandes de
--   ménages déjà locataires du parc social. Chaque part est rapportée à l'ensemble de sa colonne,
--   demandes non renseignées comprises.
-- requiert: stock.mode_mutation
with demandes as (
    select
        departement,
        mois,
        arrete,
        date_creation,
        mode_mutation,
        coalesce(mode_mutation = 1, false) as mutation,
        greatest(arrete - date_creation, 0) as jours
    from stock
    where type_demandeur = 'PP'
),

anciennetes as (
    select
        departement,
        mois,
        avg(jours) / 30.4375 as moyenne,
        avg(jours) filter (where mutation) / 30.4375 as moyenne_mutations,
        avg(jours) filter (where not mutation) / 30.4375 as moyenne_hors_mutation,
        median(jours) / 30.4375 as mediane,
        median(jours) filter (where mutation) / 30.4375 as mediane_mutations,
        median(jours) filter (where not mutation) / 30.4375 as mediane_hors_mutation
    from demandes
    group by all
),

lignes as (
    select *
    from repartition_en_classes(
        'demandes',
        true,
        case
            when date_creation > arrete - interval 6 month then 'M6'
            when date_creation > arrete - interval 1 year then 'A0'
            when date_creation > arrete - interval 2 year then 'A1'
            when date_creation > arrete - interval 3 year then 'A2'
            when date_creation > arrete - interval 4 year then 'A3'
            when date_creation > arrete - interval 5 year then 'A4'
            when date_creation > arrete - interval 10 year then 'A5'
            else 'P10'
        end,
        [
            ['M6', 'Moins de 6 mois'],
            ['A0', 'De 6 mois à moins de 1 an'],
            ['A1', 'De 1 an à moins de 2 ans'],
            ['A2', 'De 2 ans à moins de 3 ans'],
            ['A3', 'De 3 ans à moins de 4 ans'],
            ['A4', 'De 4 ans à moins de 5 ans'],
            ['A5', 'De 5 ans à moins de 10 ans'],
            ['P10', '10 ans et plus']
        ]
    )
)

select
    lignes.*,
    anciennetes.moyenne as anciennete_moyenne_mois,
    anciennetes.moyenne_mutations as anciennete_moyenne_mutations_mois,
    anciennetes.moyenne_hors_mutation as anciennete_moyenne_hors_mutation_mois,
    anciennetes.mediane as anciennete_mediane_mois,
    anciennetes.mediane_mutations as anciennete_mediane_mutations_mois,
    anciennetes.mediane_hors_mutation as anciennete_mediane_hors_mutation_mois
from lignes
left join anciennetes
    on
        lignes.departement = anciennetes.departement
        and lignes.mois = anciennetes.mois
        and lignes.code = '*'

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
with demandes as (
    select
        *,
        coalesce(date_sub('year', date_naiss_demandeur, arrete), age_demandeur_demande) as age
    from stock
)

select *
from repartition_en_classes(
    'demandes',
    type_demandeur = 'PP',
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
    end,
    [
        ['M25', 'Moins de 25 ans'],
        ['A25_29', 'De 25 à 29 ans'],
        ['A30_39', 'De 30 à 39 ans'],
        ['A40_49', 'De 40 à 49 ans'],
        ['A50_59', 'De 50 à 59 ans'],
        ['A60_64', 'De 60 à 64 ans'],
        ['A65_74', 'De 65 à 74 ans'],
        ['P75', '75 ans et plus'],
        ['NR', 'Non renseigné']
    ]
)

-- code: TAB03-04
-- titre: Demandes en cours hors associations, par taille du ménage
-- grain: une ligne par taille du ménage (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par taille du ménage
-- sur: archives
-- note: Nombre de personnes à loger ; zéro est non renseigné. Les mutations sont les demandes de
--   ménages déjà locataires du parc social. Chaque part est rapportée à l'ensemble de sa colonne,
--   demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.taille_menage
select *
from repartition_en_classes(
    'stock',
    type_demandeur = 'PP',
    case
        when taille_menage is null or taille_menage < 1 then 'NR'
        when taille_menage >= 6 then '6P'
        else taille_menage::varchar
    end,
    [
        ['1', '1 personne'],
        ['2', '2 personnes'],
        ['3', '3 personnes'],
        ['4', '4 personnes'],
        ['5', '5 personnes'],
        ['6P', '6 personnes et plus'],
        ['NR', 'Non renseigné']
    ]
)

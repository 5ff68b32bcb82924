-- code: TAB03-03
-- titre: Demandes en cours hors associations, par nationalité du demandeur
-- grain: une ligne par nationalité (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par nationalité du
--   demandeur
-- sur: archives
-- note: Les mutations sont les demandes de ménages déjà locataires du parc social. Chaque part
--   est rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.nationalite_demandeur
select *
from repartition(
    'stock',
    type_demandeur = 'PP',
    nationalite_demandeur,
    'NATIONALITE',
    list_position(['1', '2', '3'], code)
)

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
    classe_de_taille(taille_menage),
    tailles_de_menage()
)

-- code: TAB03-07
-- titre: Demandes en cours hors associations, par situation familiale
-- grain: une ligne par situation familiale (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par situation
--   familiale
-- sur: archives
-- note: Les mutations sont les demandes de ménages déjà locataires du parc social. Chaque part
--   est rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.situ_familiale_demandeur
select *
from repartition(
    'stock',
    type_demandeur = 'PP',
    situ_familiale_demandeur,
    'SITU_FAMILIALE',
    list_position(['C', 'M', 'P', 'U', 'S', 'D', 'V'], code)
)

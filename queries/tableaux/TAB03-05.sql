-- code: TAB03-05
-- titre: Demandes en cours hors associations, par composition familiale
-- grain: une ligne par composition familiale (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par composition
--   familiale
-- sur: archives
-- note: Les mutations sont les demandes de ménages déjà locataires du parc social. Chaque part
--   est rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.composition_famille
select *
from repartition(
    'stock',
    type_demandeur = 'PP',
    composition_famille,
    'COMPOSITION_FAMILLE',
    place_du_code('COMPOSITION_FAMILLE', code)
)

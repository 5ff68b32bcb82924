-- code: DEM-04
-- titre: Demandes actives par typologie recherchée
-- grain: une ligne par typologie recherchée (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté, associations comprises, par typologie du logement recherché
-- sur: archives
-- note: Typologie du premier souhait. Les mutations sont les demandes de ménages déjà locataires
--   du parc social. Chaque part est rapportée à l'ensemble de sa colonne, demandes non
--   renseignées comprises.
-- requiert: stock.mode_mutation, stock.type_logement_recherche
select *
from repartition(
    'stock',
    true,
    type_logement_recherche,
    'TYPE_LOGEMENT_RECHERCHE',
    place_du_code('TYPE_LOGEMENT_RECHERCHE', code)
)

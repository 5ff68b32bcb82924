-- code: DEM-06
-- titre: Demandes actives par logement actuel
-- grain: une ligne par mode de logement actuel (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: demandes actives à l'arrêté, associations comprises, par mode de logement actuel du
--   ménage
-- sur: archives
-- note: Logement au dépôt ou à la dernière modification de la demande. Les mutations sont les
--   demandes de ménages déjà locataires du parc social ; le mode de logement et la mutation sont
--   deux réponses, qui peuvent différer. Chaque part est rapportée à l'ensemble de sa colonne,
--   demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.mode_logement_actuel
select *
from repartition(
    'stock',
    true,
    mode_logement_actuel,
    'MODE_LOGEMENT_ACTUEL',
    place_du_code('MODE_LOGEMENT_ACTUEL', code)
)

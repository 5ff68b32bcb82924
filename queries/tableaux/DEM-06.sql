-- code: DEM-06
-- titre: Demandes en cours hors associations, par logement actuel
-- grain: une ligne par mode de logement actuel (departement, mois, code), et une ligne « Ensemble
--   »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par mode de logement
--   actuel
-- sur: archives
-- note: Les mutations sont les demandes de ménages déjà locataires du parc social ; le mode de
--   logement et la mutation sont deux réponses, qui peuvent différer. Chaque part est rapportée à
--   l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.mode_logement_actuel
select *
from repartition(
    'stock',
    type_demandeur = 'PP',
    mode_logement_actuel,
    'MODE_LOGEMENT_ACTUEL',
    place_du_code('MODE_LOGEMENT_ACTUEL', code)
)

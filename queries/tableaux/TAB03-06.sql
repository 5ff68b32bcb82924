-- code: TAB03-06
-- titre: Demandes en cours hors associations, par situation professionnelle
-- grain: une ligne par situation professionnelle (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par situation
--   professionnelle
-- sur: archives
-- note: Les mutations sont les demandes de ménages déjà locataires du parc social. Chaque part
--   est rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.statut_prof_demandeur
select *
from repartition(
    'stock',
    type_demandeur = 'PP',
    statut_prof_demandeur,
    'STATUT_PROF',
    place_du_code('STATUT_PROF', code)
)

-- code: DEM-01
-- titre: Demandes actives par motif
-- grain: une ligne par motif de la demande (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté, associations comprises, par premier motif déclaré
-- sur: archives
-- note: Premier motif seulement. Les mutations sont les demandes de ménages déjà locataires du
--   parc social. Chaque part est rapportée à l'ensemble de sa colonne, demandes non renseignées
--   comprises.
-- requiert: stock.mode_mutation, stock.motif_demande
select *
from repartition(
    'stock',
    true,
    motif_demande,
    'MOTIF_DEMANDE',
    try_cast(code as integer)
)

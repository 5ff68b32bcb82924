-- code: ATT-10
-- titre: Attributions par position au plafond de ressources
-- grain: une ligne par position au plafond (departement, mois, code), et une ligne « Ensemble »
-- objet: attributions de 12 mois selon la position du ménage au plafond de ressources
-- sur: archives
-- note: « sous_le_plafond » cumule les lignes : sous le plafond PLUS comprend sous le plafond
--   PLAI ; sa part est rapportée à « plafond_connu », les positions renseignées et de la liste.
--   Attributions des 12 mois qui finissent à l'arrêté, datées par la radiation, lues dans la
--   livraison de ce mois. Chaque part est rapportée à l'ensemble de sa colonne, attributions non
--   renseignées comprises.
-- requiert: radiation.mode_mutation, radiation.position_plafond
select *
from repartition_au_plafond(
    'radiation',
    motif_radiation = 'RADATT' and sur_douze_mois(date_radiation, arrete)
)

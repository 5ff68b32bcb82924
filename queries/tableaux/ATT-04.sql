-- code: ATT-04
-- titre: Attributions par réservataire
-- grain: une ligne par réservataire (departement, mois, code), et une ligne « Ensemble »
-- objet: attributions de 12 mois par type de réservataire du logement
-- sur: archives
-- note: « Logement non réservé » est déclaré par le guichet. Attributions des 12 mois qui
--   finissent à l'arrêté, datées par la radiation, lues dans la livraison de ce mois. Chaque part
--   est rapportée à l'ensemble de sa colonne, attributions non renseignées comprises.
-- requiert: radiation.mode_mutation, radiation.type_reservataire
select *
from repartition(
    'radiation',
    motif_radiation = 'RADATT' and sur_douze_mois(date_radiation, arrete),
    type_reservataire,
    'TYPE_RESERVATAIRE',
    place_du_code('TYPE_RESERVATAIRE', code)
)

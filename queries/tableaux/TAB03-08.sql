-- code: TAB03-08
-- titre: Demandes en cours hors associations, par revenu mensuel du foyer
-- grain: une ligne par tranche de revenu (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par revenu mensuel du
--   foyer
-- sur: archives
-- note: Revenu déclaré par le foyer, toutes personnes réunies ; un revenu négatif est non
--   renseigné. Les mutations sont les demandes de ménages déjà locataires du parc social. Chaque
--   part est rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.revenu_mensuel_foyer
select *
from repartition_en_classes(
    'stock',
    type_demandeur = 'PP',
    case
        when revenu_mensuel_foyer is null or revenu_mensuel_foyer < 0 then 'NR'
        when revenu_mensuel_foyer < 500 then 'M500'
        when revenu_mensuel_foyer < 1000 then 'R500'
        when revenu_mensuel_foyer < 1500 then 'R1000'
        when revenu_mensuel_foyer < 2000 then 'R1500'
        when revenu_mensuel_foyer < 2500 then 'R2000'
        when revenu_mensuel_foyer < 3000 then 'R2500'
        when revenu_mensuel_foyer < 4000 then 'R3000'
        else 'P4000'
    end,
    [
        ['M500', 'Moins de 500 €'],
        ['R500', 'De 500 à 999 €'],
        ['R1000', 'De 1 000 à 1 499 €'],
        ['R1500', 'De 1 500 à 1 999 €'],
        ['R2000', 'De 2 000 à 2 499 €'],
        ['R2500', 'De 2 500 à 2 999 €'],
        ['R3000', 'De 3 000 à 3 999 €'],
        ['P4000', '4 000 € et plus'],
        ['NR', 'Non renseigné']
    ]
)

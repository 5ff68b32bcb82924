-- code: TAB03-02
-- titre: Demandes en cours hors associations, par âge du demandeur
-- grain: une ligne par tranche d'âge (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par âge du demandeur
-- sur: archives
-- note: Âge révolu à l'arrêté d'après la date de naissance ; à défaut, âge déclaré à la demande.
--   Un âge hors de 0 à 120 ans est non renseigné. Les mutations sont les demandes de ménages déjà
--   locataires du parc social. Chaque part est rapportée à l'ensemble de sa colonne, demandes non
--   renseignées comprises.
-- requiert: stock.mode_mutation, stock.date_naiss_demandeur
-- facultatif: stock.age_demandeur_demande
select *
from repartition_en_classes(
    'stock',
    type_demandeur = 'PP',
    tranche_d_age(age_au(date_naiss_demandeur, age_demandeur_demande, arrete)),
    tranches_d_age()
)

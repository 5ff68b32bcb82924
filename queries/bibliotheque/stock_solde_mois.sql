-- titre: D'un mois à l'autre, le solde des demandes actives
-- description: Pourquoi le stock a-t-il bougé ? Demandes actives avant, entrées et sorties,
--   demandes actives après. Une demande disparue était active et n'est plus dans la livraison, sans
--   radiation. Après un mois non livré, une ligne compte ce qui a changé depuis le dernier livré.
-- grain: une ligne par mois
-- parametre duree: {type: entier, libelle: Nombre de mois, defaut: 12, min: 1, max: 60}
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: demandes, séries
-- synonymes: évolution du stock, entrées et sorties, combien de demandes en cours, demandes
--   disparues, augmentation ou baisse du nombre de demandes, variation du stock, solde mensuel,
--   combien de demandes actives
with retenus as (
    select *
    from soldes
    qualify row_number() over (partition by departement order by arrete desc) <= $duree
)

select
    departement as département,
    strftime(arrete, '%Y-%m') as mois,
    strftime(arrete_avant, '%Y-%m') as mois_d_avant,
    avant as demandes_actives_avant,
    creations as créations,
    deradiations as déradiations,
    autres_entrees as autres_entrées,
    -radiations as radiations,
    -disparues as disparues,
    apres as demandes_actives_après,
    apres - avant as solde,
    (apres - avant) / avant as évolution
from retenus
order by departement asc, arrete asc

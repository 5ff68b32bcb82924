-- nom: actives_identifiees
-- nature: stock
-- grain: une ligne par demande active (departement, arrete, numero_unique)
-- objet: demandes actives à la date d'arrêté dont l'identité a été livrée ; la recherche de
--   doublons est faite à la réception, seuls ses résultats sont ici
-- requiert: identites, identites.date_naissance
select
    numero_unique as unite,
    departement,
    coalesce(cle_guichetcreateur, 'INCONNU') as guichet,
    arrete,
    mois,
    arrete as jour,
    numero_unique,
    date_creation,
    doublon_plus_ancien,
    deja_reloge
from stock
where identite_presente

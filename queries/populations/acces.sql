-- nom: acces
-- nature: stock
-- grain: une ligne par accès ouvert (departement, arrete, id_utilisateur)
-- objet: accès au SNE ouverts à la date d'arrêté
-- requiert: utilisateurs, utilisateurs.date_fermeture
select
    id_utilisateur as unite,
    departement,
    coalesce(guichet, 'INCONNU') as guichet,
    arrete,
    mois,
    arrete as jour,
    cast(null as varchar) as numero_unique,
    date_ouverture,
    date_derniere_connexion,
    date_depart
from utilisateurs
where
    date_ouverture <= arrete
    and (date_fermeture is null or date_fermeture > arrete)

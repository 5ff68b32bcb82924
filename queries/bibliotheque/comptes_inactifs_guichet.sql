-- titre: Comptes à fermer, par guichet
-- description: Comptes ouverts à l'arrêté dont la personne est partie, ou qui n'ont pas servi
--   depuis longtemps. Un compte de départ se ferme immédiatement (convention 3.2.1 a).
-- grain: une ligne par guichet qui a un compte à fermer
-- parametre mois: {type: entier, libelle: Mois sans connexion, defaut: 6, min: 1, max: 60}
-- auteur: infocentre
-- theme: Suivre les guichets
-- tags: accès, guichets
-- synonymes: comptes dormants, agents partis, utilisateurs qui ne se connectent plus, fermer un
--   accès, désactiver, supprimer les comptes, habilitations à retirer, dernière connexion, sécurité
--   des accès
with ouverts as (
    select
        departement,
        guichet,
        coalesce(date_depart <= arrete, false) as parti,
        greatest(date_ouverture, date_derniere_connexion) as derniere_activite,
        derniere_activite + to_months($mois) < arrete as inactif
    from utilisateurs
    where date_ouverture <= arrete and (date_fermeture is null or date_fermeture > arrete)
),

guichets as (
    select
        departement,
        guichet,
        nom,
        courriel
    from registre
    qualify mois = max(mois) over (partition by departement)
)

select
    ouverts.departement as département,
    coalesce(ouverts.guichet, 'INCONNU') as guichet,
    guichets.nom as nom_du_guichet,
    count(*) as comptes_ouverts,
    count(*) filter (where ouverts.parti) as départs_non_fermés,
    count(*) filter (where ouverts.inactif) as inactifs,
    inactifs / comptes_ouverts as part_inactifs,
    min(ouverts.derniere_activite) filter (where ouverts.inactif) as plus_ancienne_activité,
    guichets.courriel
from ouverts
left join guichets
    on ouverts.departement = guichets.departement and ouverts.guichet = guichets.guichet
group by ouverts.departement, ouverts.guichet, guichets.nom, guichets.courriel
having départs_non_fermés > 0 or inactifs > 0
order by ouverts.departement asc, départs_non_fermés desc, inactifs desc, ouverts.guichet asc

-- titre: Doublons forcés, par guichet et par mois
-- description: Qui enregistre une demande malgré l'alerte de doublon, et quand ? Demandes déposées
--   dans la période, hors portail, par guichet créateur. Les créations qui suivent la séparation
--   d'un couple (acte CRS) ne sont pas comptées.
-- grain: une ligne par guichet et mois de dépôt où un doublon a été forcé
-- parametre duree: {type: entier, libelle: Nombre de mois, defaut: 12, min: 1, max: 36}
-- auteur: infocentre
-- theme: Dépôts et enregistrement
-- tags: doublons, guichets
-- synonymes: forcer un doublon, passer outre l'alerte, ignorer l'alerte, plusieurs demandes pour
--   une même personne, création malgré une demande existante, numéro unique en double
with periode as (
    select
        departement,
        max(vue_le) as fin,
        date_trunc('month', fin) - interval ($duree - 1) month as debut
    from demandes
    group by departement
),

separations as (
    select distinct
        departement,
        numero_unique
    from journal
    where type_evenement = 'CRS'
),

guichets as (
    select
        departement,
        guichet,
        nom
    from registre
    qualify mois = max(mois) over (partition by departement)
)

select
    demandes.departement as département,
    coalesce(demandes.cle_guichetcreateur, 'INCONNU') as guichet,
    guichets.nom as nom_du_guichet,
    strftime(demandes.date_creation, '%Y-%m') as mois_de_dépôt,
    count(*) filter (where demandes.doublon_force = 1) as doublons_forcés,
    count(*) as demandes_déposées,
    doublons_forcés / demandes_déposées as part_forcés
from demandes
inner join periode
    on
        demandes.departement = periode.departement
        and demandes.date_creation between periode.debut and periode.fin
left join separations
    on
        demandes.departement = separations.departement
        and demandes.numero_unique = separations.numero_unique
left join guichets
    on
        demandes.departement = guichets.departement
        and demandes.cle_guichetcreateur = guichets.guichet
where
    demandes.estcreeesitegrandpublic is distinct from 1
    and separations.numero_unique is null
group by demandes.departement, demandes.cle_guichetcreateur, guichets.nom, mois_de_dépôt
having doublons_forcés > 0
order by
    demandes.departement asc,
    mois_de_dépôt desc,
    doublons_forcés desc,
    demandes.cle_guichetcreateur asc

-- titre: Plis non distribués, par commune
-- description: Où le courrier n'arrive-t-il pas ? Plis revenus « n'habite pas à l'adresse
--   indiquée », par commune du logement actuel du demandeur, sur les derniers mois. Une demande
--   active dont un préavis est revenu risque une radiation sans que le ménage le sache.
-- grain: une ligne par commune
-- parametre duree: {type: entier, libelle: Nombre de mois, defaut: 12, min: 1, max: 16}
-- parametre effectif: {type: entier, libelle: Nombre minimal de plis, defaut: 20,
--   min: 1, max: 10000}
-- auteur: infocentre
-- theme: Courriers et messages
-- tags: plis, communes, contact
-- synonymes: NPAI, n'habite pas à l'adresse indiquée, courriers revenus, retours de courrier,
--   adresse fausse, préavis non reçus, demandeurs injoignables, déménagés sans prévenir
with envois as (
    select
        departement,
        numero_unique,
        statut = 'NPAI' as revenu,
        type_pli in ('PREAVIS_SIMPLE', 'PREAVIS_AR') as preavis,
        $effectif as effectif_minimal
    from plis
    where
        statut <> 'EN_COURS'
        and date_envoi
        between date_trunc('month', arrete) - interval ($duree - 1) month and arrete
),

territoires as (
    select
        code,
        arg_min(nom, (type <> 'commune-actuelle')::int) as commune
    from communes
    group by code
)

select
    envois.departement as département,
    coalesce(
        territoires.commune, demandes.commune_log_actuel, 'Commune inconnue'
    ) as commune_du_logement_actuel,
    count(*) as plis_envoyés,
    count(*) filter (where envois.revenu) as non_distribués,
    non_distribués / plis_envoyés as part_non_distribués,
    count(*) filter (where envois.revenu and envois.preavis) as dont_préavis,
    count(distinct envois.numero_unique) filter (
        where envois.revenu and demandes.statut = 'active'
    ) as demandes_actives_concernées
from envois
left join demandes
    on
        envois.departement = demandes.departement
        and envois.numero_unique = demandes.numero_unique
left join territoires on demandes.commune_log_actuel = territoires.code
group by
    envois.departement,
    territoires.commune,
    demandes.commune_log_actuel,
    envois.effectif_minimal
having plis_envoyés >= envois.effectif_minimal
order by
    envois.departement asc,
    part_non_distribués desc,
    plis_envoyés desc,
    commune_du_logement_actuel asc

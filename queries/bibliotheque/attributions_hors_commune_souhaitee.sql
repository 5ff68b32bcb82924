-- titre: Attributions hors de la commune souhaitée
-- description: Les ménages obtiennent-ils un logement là où ils l'ont demandé ? Attributions des 12
--   mois qui finissent au mois choisi, selon la distance entre la première commune souhaitée et
--   celle du logement. Les arrondissements de Marseille comptent chacun, puis comme une commune.
-- grain: une ligne par EPCI de la première commune souhaitée
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, communes, EPCI
-- synonymes: obtenir la commune demandée, logés ailleurs, commune du logement attribué, loin de
--   chez eux, mobilité entre communes, choix de commune respecté
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval 11 month as debut
    from demandes
    group by departement
),

territoires as (
    select
        code,
        case
            when code between '13201' and '13216' then '13055'
            when code between '69381' and '69389' then '69123'
            when code between '75101' and '75120' then '75056'
            else code
        end as commune,
        arg_min(epci, (type <> 'commune-actuelle')::int) as epci,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci_nom
    from communes
    group by code
),

distances as (
    select
        demandes.departement,
        coalesce(souhait.epci_nom, 'Commune inconnue ou sans EPCI') as epci,
        demandes.est_demande_elargie,
        case
            when souhait.code is null or logement.code is null then 'inconnue'
            when souhait.code = logement.code then 'même commune'
            when souhait.commune = logement.commune then 'autre arrondissement'
            when souhait.epci = logement.epci then 'même EPCI'
            else 'autre EPCI'
        end as distance
    from demandes
    inner join periode
        on
            demandes.departement = periode.departement
            and demandes.date_radiation between periode.debut and periode.fin
    left join territoires as souhait on demandes.commune_log_recherche = souhait.code
    left join territoires as logement on demandes.commune_logement_attrib = logement.code
    where demandes.motif_radiation = 'RADATT'
)

select
    departement as département,
    epci as epci_souhaité,
    count(*) as attributions,
    count(*) filter (where distance = 'même commune') as même_commune_ou_arrondissement,
    count(*) filter (where distance = 'autre arrondissement') as autre_arrondissement,
    count(*) filter (where distance = 'même EPCI') as autre_commune_du_même_epci,
    count(*) filter (where distance = 'autre EPCI') as hors_epci,
    count(*) filter (where distance = 'inconnue') as commune_inconnue,
    (autre_commune_du_même_epci + hors_epci) / nullif(attributions - commune_inconnue, 0)
        as part_hors_commune,
    count(*) filter (
        where distance in ('même EPCI', 'autre EPCI') and est_demande_elargie = 1
    ) as hors_commune_demande_élargie
from distances
group by departement, epci
order by departement asc, attributions desc, epci asc

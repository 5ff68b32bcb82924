-- titre: Délais d'attribution par EPCI et typologie
-- description: Combien de mois entre le dépôt et l'attribution, selon l'EPCI et la typologie du
--   logement attribué ? Attributions des 12 mois qui finissent au mois choisi. Délai transmis par
--   le SNE, à défaut de la date de dépôt à la signature du bail ; un délai négatif est inconnu.
-- grain: une ligne par EPCI et typologie, et une ligne « Toutes » par EPCI
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- parametre mutations: {type: liste, libelle: Demandes, defaut: toutes,
--   valeurs: {toutes: Toutes, hors_mutation: Hors mutation, mutations: Mutations}}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, délais, typologie, EPCI
-- synonymes: combien de temps pour obtenir un logement, délai moyen d'attribution, délai médian,
--   durée d'attente avant attribution, rapidité, T2 T3 T4, temps d'attente par secteur
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
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
),

attributions as (
    select
        departement,
        date_radiation,
        commune_logement_attrib,
        coalesce(nullif(type_logement_attrib, 'NONDOC'), 'Non renseignée') as typologie,
        coalesce(delai_attribution, date_signature_bail - date_creation) as jours,
        case when jours >= 0 then jours / 30.4375 end as delai
    from demandes
    where
        motif_radiation = 'RADATT'
        and case $mutations
            when 'mutations' then mode_mutation is not distinct from 1
            when 'hors_mutation' then mode_mutation is distinct from 1
            else true
        end
)

select
    attributions.departement as département,
    coalesce(territoires.epci, 'Commune inconnue ou sans EPCI') as epci,
    coalesce(attributions.typologie, 'Toutes') as typologie,
    count(*) as attributions,
    count(attributions.delai) as délais_connus,
    median(attributions.delai) as délai_médian_en_mois,
    avg(attributions.delai) as délai_moyen_en_mois,
    quantile_cont(attributions.delai, 0.9) as neuf_sur_dix_en_mois
from attributions
inner join periode
    on
        attributions.departement = periode.departement
        and attributions.date_radiation between periode.debut and periode.fin
left join territoires on attributions.commune_logement_attrib = territoires.code
group by
    grouping sets (
        (attributions.departement, territoires.epci, attributions.typologie),
        (attributions.departement, territoires.epci)
    )
order by
    attributions.departement asc,
    territoires.epci asc,
    attributions.typologie is null asc,
    attributions.typologie asc

-- titre: Ménages concernés par le handicap, par EPCI
-- description: Demandes actives d'un ménage dont une personne est en situation de handicap, et
--   attributions de 12 mois à ces ménages, par EPCI (première commune souhaitée pour les demandes,
--   commune du logement pour les attributions).
-- grain: une ligne par EPCI
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: demandes, attributions, handicap, EPCI
-- synonymes: PMR, personne à mobilité réduite, logement adapté, fauteuil roulant, accessibilité,
--   invalidité, perte d'autonomie, AAH
with unites as (
    select
        departement,
        statut,
        motif_radiation,
        date_radiation,
        case when statut = 'active' then commune_log_recherche else commune_logement_attrib end
            as commune,
        coalesce(nb_phandicap > 0, false) as handicap,
        date_diff('day', date_creation, vue_le) / 30.4375 as anciennete,
        max(vue_le) over (partition by departement) as arrete
    from demandes
),

territoires as (
    select
        code,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
)

select
    unites.departement as département,
    coalesce(territoires.epci, 'Commune inconnue ou sans EPCI') as epci,
    count(*) filter (where unites.statut = 'active') as demandes_actives,
    count(*) filter (where unites.statut = 'active' and unites.handicap)
        as demandes_avec_handicap,
    demandes_avec_handicap / nullif(demandes_actives, 0) as part_des_demandes,
    median(unites.anciennete) filter (where unites.statut = 'active' and unites.handicap)
        as ancienneté_médiane_en_mois,
    count(*) filter (where unites.statut = 'radiée') as attributions_12_mois,
    count(*) filter (where unites.statut = 'radiée' and unites.handicap)
        as attributions_avec_handicap,
    attributions_avec_handicap / nullif(attributions_12_mois, 0) as part_des_attributions
from unites
left join territoires on unites.commune = territoires.code
where
    unites.statut = 'active'
    or (
        unites.motif_radiation = 'RADATT'
        and unites.date_radiation
        between date_trunc('month', unites.arrete) - interval 11 month and unites.arrete
    )
group by unites.departement, territoires.epci
order by unites.departement asc, demandes_actives desc, epci asc

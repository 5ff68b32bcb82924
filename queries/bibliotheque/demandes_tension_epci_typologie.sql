-- titre: Tension par EPCI et typologie
-- description: Demandes actives pour une attribution des 12 derniers mois. Une demande compte dans
--   l'EPCI de sa première commune souhaitée et sa typologie recherchée, une attribution dans ceux
--   du logement attribué. Sans attribution, la tension ne se calcule pas.
-- grain: une ligne par EPCI et typologie, et une ligne « Toutes » par EPCI
-- parametre mutations: {type: liste, libelle: Demandes, defaut: toutes,
--   valeurs: {toutes: Toutes, hors_mutation: Hors mutation, mutations: Mutations}}
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: demandes, attributions, tension, EPCI, typologie
-- synonymes: pression de la demande, demandes pour une attribution, ratio demandes sur
--   attributions, territoires tendus, où est-il difficile de se loger, grands logements rares, T2
--   T3 T4
with retenues as (
    select
        *,
        max(vue_le) over (partition by departement) as arrete
    from demandes
    where
        case $mutations
            when 'mutations' then mode_mutation is not distinct from 1
            when 'hors_mutation' then mode_mutation is distinct from 1
            else true
        end
),

unites as (
    select
        departement,
        commune_log_recherche as commune,
        coalesce(nullif(type_logement_recherche, 'NONDOC'), 'NR') as typologie,
        1 as demande,
        0 as attribution
    from retenues
    where statut = 'active'
    union all
    select
        departement,
        commune_logement_attrib as commune,
        case
            when type_logement_attrib in ('T6', 'T7', 'T8', 'T9P') then 'T6P'
            else coalesce(nullif(type_logement_attrib, 'NONDOC'), 'NR')
        end as typologie,
        0 as demande,
        1 as attribution
    from retenues
    where
        motif_radiation = 'RADATT'
        and date_radiation between date_trunc('month', arrete) - interval 11 month and arrete
),

territoires as (
    select
        code,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
),

localisees as (
    select
        unites.departement,
        coalesce(territoires.epci, 'Commune inconnue ou sans EPCI') as epci,
        unites.typologie,
        sum(unites.demande)::bigint as demandes,
        sum(unites.attribution)::bigint as attributions
    from unites
    left join territoires on unites.commune = territoires.code
    group by
        grouping sets (
            (unites.departement, territoires.epci, unites.typologie),
            (unites.departement, territoires.epci)
        )
)

select
    localisees.departement as département,
    localisees.epci,
    case
        when localisees.typologie is null then 'Toutes'
        else coalesce(codes.libelle, 'Non renseignée')
    end as typologie,
    localisees.demandes as demandes_actives,
    localisees.attributions as attributions_12_mois,
    localisees.demandes / nullif(localisees.attributions, 0) as demandes_pour_une_attribution
from localisees
left join codes
    on codes.liste = 'TYPE_LOGEMENT_RECHERCHE' and localisees.typologie = codes.code
order by
    localisees.departement asc,
    localisees.epci asc,
    localisees.typologie is null asc,
    localisees.typologie = 'NR' asc,
    localisees.typologie asc

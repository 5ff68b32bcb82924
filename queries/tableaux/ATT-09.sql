-- code: ATT-09
-- titre: Attributions et demandes pour une attribution par territoire
-- grain: une ligne par territoire (departement, mois, niveau, code) : département, EPCI, commune,
--   arrondissement municipal
-- objet: attributions de 12 mois par commune du logement, demandes actives par première commune
--   souhaitée, et demandes pour une attribution
-- sur: archives
-- note: Marseille, Lyon et Paris sont une commune, détaillée par arrondissement ; un code de
--   commune sans arrondissement y a sa ligne. Une demande compte dans sa première commune
--   souhaitée seulement, une attribution dans la commune du logement : leur rapport mesure la
--   tension du territoire. Attributions des 12 mois qui finissent à l'arrêté, datées par la
--   radiation, lues dans la livraison de ce mois.
-- requiert: stock.mode_mutation, stock.commune_log_recherche, radiation.mode_mutation,
--   radiation.commune_logement_attrib
with comptes as (
    select
        departement,
        mois,
        commune_log_recherche as code_commune,
        count(*) as demandes,
        count(*) filter (where mode_mutation is distinct from 1) as demandes_hors_mutation,
        0 as attributions,
        0 as attributions_hors_mutation
    from stock
    group by all
    union all
    select
        departement,
        mois,
        commune_logement_attrib as code_commune,
        0 as demandes,
        0 as demandes_hors_mutation,
        count(*) as attributions,
        count(*) filter (where mode_mutation is distinct from 1) as attributions_hors_mutation
    from radiation
    where
        motif_radiation = 'RADATT'
        and date_radiation between date_trunc('month', arrete) - interval 11 month and arrete
    group by all
),

territoires as (
    select
        code,
        arg_min(nom, (type <> 'commune-actuelle')::int) as nom,
        arg_min(epci, (type <> 'commune-actuelle')::int) as epci,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci_nom,
        case
            when code between '13201' and '13216' then '13055'
            when code between '69381' and '69389' then '69123'
            when code between '75101' and '75120' then '75056'
            else code
        end as commune
    from communes
    group by code
),

localises as (
    select
        comptes.*,
        coalesce(territoires.epci, 'NR') as epci,
        coalesce(territoires.epci_nom, 'Commune inconnue ou sans EPCI') as epci_nom,
        coalesce(territoires.commune, 'NR') as commune,
        coalesce(meres.nom, 'Commune non renseignée ou inconnue') as commune_nom,
        territoires.code as arrondissement,
        case
            when territoires.code = territoires.commune
                then concat(territoires.nom, ', arrondissement non précisé')
            else territoires.nom
        end as arrondissement_nom
    from comptes
    left join territoires on comptes.code_commune = territoires.code
    left join territoires as meres on territoires.commune = meres.code
),

niveaux (niveau, rang_niveau) as (
    values ('departement', 1), ('epci', 2), ('commune', 3), ('arrondissement', 4)
),

lignes as (
    select
        localises.departement,
        localises.mois,
        niveaux.niveau,
        niveaux.rang_niveau,
        case niveaux.niveau
            when 'departement' then '*'
            when 'epci' then localises.epci
            when 'commune' then localises.commune
            else localises.arrondissement
        end as code,
        case niveaux.niveau
            when 'departement' then 'Ensemble'
            when 'epci' then localises.epci_nom
            when 'commune' then localises.commune_nom
            else localises.arrondissement_nom
        end as libelle,
        sum(localises.attributions)::bigint as attributions,
        sum(localises.attributions_hors_mutation)::bigint as attributions_hors_mutation,
        sum(localises.demandes)::bigint as demandes_actives,
        sum(localises.demandes_hors_mutation)::bigint as demandes_actives_hors_mutation
    from localises
    cross join niveaux
    where niveaux.niveau <> 'arrondissement' or localises.commune in ('13055', '69123', '75056')
    group by all
)

select
    departement,
    mois,
    row_number() over (
        partition by departement, mois
        order by rang_niveau asc, code = 'NR', attributions desc, demandes_actives desc, code asc
    ) as ordre,
    niveau,
    code,
    libelle,
    attributions,
    attributions_hors_mutation,
    demandes_actives,
    demandes_actives_hors_mutation,
    demandes_actives / nullif(attributions, 0) as demandes_pour_une_attribution,
    demandes_actives_hors_mutation / nullif(attributions_hors_mutation, 0)
        as demandes_pour_une_attribution_hors_mutation
from lignes

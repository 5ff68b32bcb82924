-- code: DEM-05
-- titre: Demandes actives par commune souhaitée
-- grain: une ligne par territoire (departement, mois, niveau, code) : département, EPCI, commune,
--   arrondissement municipal
-- objet: demandes actives à l'arrêté, associations comprises, par première commune souhaitée
-- sur: archives
-- note: Marseille, Lyon et Paris sont une commune, détaillée par arrondissement ; un code de
--   commune sans arrondissement y a sa ligne. Première commune souhaitée seulement. Chaque part
--   est rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.commune_log_recherche
with comptes as (
    select
        departement,
        mois,
        commune_log_recherche as code_commune,
        count(*) as total,
        count(*) filter (where mode_mutation = 1) as mutations
    from stock
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
        sum(localises.total)::bigint as total,
        sum(localises.mutations)::bigint as mutations
    from localises
    cross join niveaux
    where niveaux.niveau <> 'arrondissement' or localises.commune in ('13055', '69123', '75056')
    group by all
),

ensembles as (
    select
        departement,
        mois,
        total,
        mutations
    from lignes
    where niveau = 'departement'
)

select
    lignes.departement,
    lignes.mois,
    row_number() over (
        partition by lignes.departement, lignes.mois
        order by lignes.rang_niveau asc, lignes.code = 'NR', lignes.total desc, lignes.code asc
    ) as ordre,
    lignes.niveau,
    lignes.code,
    lignes.libelle,
    lignes.total,
    lignes.mutations,
    lignes.total - lignes.mutations as hors_mutation,
    ensembles.total as total_ensemble,
    ensembles.mutations as mutations_ensemble,
    ensembles.total - ensembles.mutations as hors_mutation_ensemble,
    lignes.total / nullif(ensembles.total, 0) as part_total,
    lignes.mutations / nullif(ensembles.mutations, 0) as part_mutations,
    hors_mutation / nullif(hors_mutation_ensemble, 0) as part_hors_mutation
from lignes
inner join ensembles
    on lignes.departement = ensembles.departement and lignes.mois = ensembles.mois

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

lignes as (
    select
        departement,
        mois,
        niveau,
        rang_niveau,
        code,
        libelle,
        sum(total)::bigint as total,
        sum(mutations)::bigint as mutations
    from par_territoire('comptes')
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

-- code: TAB03-06
-- titre: Demandes en cours hors associations, par situation professionnelle
-- grain: une ligne par situation professionnelle (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par situation
--   professionnelle
-- sur: archives
-- note: Les mutations sont les demandes de ménages déjà locataires du parc social. Chaque part
--   est rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.statut_prof_demandeur
with comptes as (
    select
        stock.departement,
        stock.mois,
        case
            when codes.code is not null then codes.code
            when coalesce(stock.statut_prof_demandeur, 'NONDOC') = 'NONDOC' then 'NR'
            else 'HL'
        end as code,
        count(*) as total,
        count(*) filter (where stock.mode_mutation = 1) as mutations
    from stock
    left join codes
        on codes.liste = 'STATUT_PROF' and stock.statut_prof_demandeur = codes.code
    where stock.type_demandeur = 'PP'
    group by all
),

modalites (code, libelle, ordre) as (
    select
        code,
        libelle,
        coalesce(
            list_position(['CDI', 'CDD', 'ART', 'CHO', 'APP', 'ETU', 'RET', 'AUT'], code), 90
        ) as ordre
    from codes
    where liste = 'STATUT_PROF'
    union all
    values
    ('HL', 'Code hors liste', 97),
    ('NR', 'Non renseigné', 98),
    ('*', 'Ensemble', 99)
),

lignes as (
    select
        comptes.departement,
        comptes.mois,
        modalites.ordre,
        modalites.code,
        modalites.libelle,
        sum(comptes.total) as total_ensemble,
        sum(comptes.mutations) as mutations_ensemble,
        coalesce(
            sum(comptes.total) filter (where modalites.code in (comptes.code, '*')), 0
        ) as total,
        coalesce(
            sum(comptes.mutations) filter (where modalites.code in (comptes.code, '*')), 0
        ) as mutations
    from comptes
    cross join modalites
    group by all
)

select
    departement,
    mois,
    ordre,
    code,
    libelle,
    total::bigint as total,
    mutations::bigint as mutations,
    (total - mutations)::bigint as hors_mutation,
    total_ensemble::bigint as total_ensemble,
    mutations_ensemble::bigint as mutations_ensemble,
    (total_ensemble - mutations_ensemble)::bigint as hors_mutation_ensemble,
    total / nullif(total_ensemble, 0) as part_total,
    mutations / nullif(mutations_ensemble, 0) as part_mutations,
    hors_mutation / nullif(hors_mutation_ensemble, 0) as part_hors_mutation
from lignes
where code <> 'HL' or total > 0

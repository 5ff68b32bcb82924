-- code: TAB03-09
-- titre: Demandes en cours hors associations, par position au plafond de ressources
-- grain: une ligne par position au plafond (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté déposées par des personnes physiques, par position au
--   plafond de ressources
-- sur: archives
-- note: « sous_le_plafond » cumule les lignes : sous le plafond PLUS comprend sous le plafond
--   PLAI ; sa part est rapportée à « plafond_connu », les positions renseignées et de la liste.
--   Les mutations sont les demandes de ménages déjà locataires du parc social. Chaque part est
--   rapportée à l'ensemble de sa colonne, demandes non renseignées comprises.
-- requiert: stock.mode_mutation, stock.position_plafond
with comptes as (
    select
        stock.departement,
        stock.mois,
        case
            when codes.code is not null then codes.code
            when coalesce(stock.position_plafond, 'NONDOC') = 'NONDOC' then 'NR'
            else 'HL'
        end as code,
        count(*) as total,
        count(*) filter (where stock.mode_mutation = 1) as mutations
    from stock
    left join codes
        on codes.liste = 'POSITION_PLAFOND' and stock.position_plafond = codes.code
    where stock.type_demandeur = 'PP'
    group by all
),

modalites (code, libelle, ordre) as (
    select
        code,
        libelle,
        coalesce(list_position(['PLAI', 'PLUS', 'PLS', 'SUP'], code), 90) as ordre
    from codes
    where liste = 'POSITION_PLAFOND'
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
    hors_mutation / nullif(hors_mutation_ensemble, 0) as part_hors_mutation,
    sum(total) filter (where code in ('PLAI', 'PLUS', 'PLS', 'SUP')) over (
        partition by departement, mois
    )::bigint as plafond_connu,
    case
        when code in ('PLAI', 'PLUS', 'PLS')
            then sum(total) filter (where code in ('PLAI', 'PLUS', 'PLS')) over (
                partition by departement, mois
                order by ordre
            )::bigint
    end as sous_le_plafond,
    sous_le_plafond / nullif(plafond_connu, 0) as part_sous_le_plafond
from lignes
where code <> 'HL' or total > 0

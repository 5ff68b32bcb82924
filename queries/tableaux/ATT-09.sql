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
        and sur_douze_mois(date_radiation, arrete)
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
        sum(attributions)::bigint as attributions,
        sum(attributions_hors_mutation)::bigint as attributions_hors_mutation,
        sum(demandes)::bigint as demandes_actives,
        sum(demandes_hors_mutation)::bigint as demandes_actives_hors_mutation
    from par_territoire('comptes')
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

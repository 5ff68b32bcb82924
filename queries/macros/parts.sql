-- Les effectifs de chaque modalité et de l'ensemble, et leurs parts de l'ensemble.
-- effectifs : relation (departement, mois, code, total, mutations) · liste_modalites : relation
-- (code, libelle, ordre), « * » comprise ; « HL » n'a de ligne que s'il a des unités.
create macro parts(effectifs, liste_modalites) as table
    with lignes as (
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
        from query_table(effectifs) as comptes
        cross join query_table(liste_modalites) as modalites
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
    where code <> 'HL' or total > 0;

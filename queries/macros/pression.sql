-- Demandes actives, attributions et demandes pour une attribution de chaque modalité et de
-- l'ensemble.
-- unites : relation (departement, mois, modalite, attribuee, mode_mutation), une ligne par demande
-- active, puis une par attribution (attribuee) · modalites : relation (code, libelle, ordre),
-- « * » comprise ; « HL » n'a de ligne que s'il a des unités.
create macro pression(unites, modalites) as table
    with comptes as (
        select
            lues.departement,
            lues.mois,
            modalite_de(liste.code, lues.modalite) as code,
            count(*) filter (where not lues.attribuee) as demandes_actives,
            count(*) filter (where not lues.attribuee and lues.mode_mutation is distinct from 1)
                as demandes_actives_hors_mutation,
            count(*) filter (where lues.attribuee) as attributions,
            count(*) filter (where lues.attribuee and lues.mode_mutation is distinct from 1)
                as attributions_hors_mutation
        from query_table(unites) as lues
        left join query_table(modalites) as liste on lues.modalite = liste.code
        group by all
    ),

    lignes as (
        select
            lus.departement,
            lus.mois,
            liste.ordre,
            liste.code,
            liste.libelle,
            coalesce(sum(lus.demandes_actives) filter (where liste.code in (lus.code, '*')), 0)
                as demandes,
            coalesce(
                sum(lus.demandes_actives_hors_mutation)
                filter (where liste.code in (lus.code, '*')), 0
            ) as demandes_hors_mutation,
            coalesce(sum(lus.attributions) filter (where liste.code in (lus.code, '*')), 0)
                as relogees,
            coalesce(
                sum(lus.attributions_hors_mutation) filter (where liste.code in (lus.code, '*')), 0
            ) as relogees_hors_mutation
        from comptes as lus
        cross join query_table(modalites) as liste
        group by all
    )

    select
        departement,
        mois,
        ordre,
        code,
        libelle,
        demandes::bigint as demandes_actives,
        relogees::bigint as attributions,
        demandes / nullif(relogees, 0) as demandes_pour_une_attribution,
        demandes_hors_mutation::bigint as demandes_actives_hors_mutation,
        relogees_hors_mutation::bigint as attributions_hors_mutation,
        demandes_hors_mutation / nullif(relogees_hors_mutation, 0)
            as demandes_pour_une_attribution_hors_mutation
    from lignes
    where code <> 'HL' or demandes > 0 or relogees > 0;

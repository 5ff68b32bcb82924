-- Une table répartie selon une classe calculée de ses lignes.
-- source : nom de la table · filtre : condition sur ses lignes · classe : code de chacune ·
-- classes : [code, libellé] dans leur ordre ; « NR », s'il y est, est non renseigné.
create macro repartition_en_classes(source, filtre, classe, classes) as table
    with comptes_par_classe as (
        select
            departement,
            mois,
            classe as code,
            count(*) as total,
            count(*) filter (where mode_mutation = 1) as mutations
        from query_table(source)
        where filtre
        group by all
    ),

    modalites_des_classes as (
        select
            classes[rang][1] as code,
            classes[rang][2] as libelle,
            if(code = 'NR', 98, rang)::int as ordre
        from range(1, len(classes) + 1) as rangs (rang)
        union all
        values ('*', 'Ensemble', 99)
    )

    select * from parts('comptes_par_classe', 'modalites_des_classes');

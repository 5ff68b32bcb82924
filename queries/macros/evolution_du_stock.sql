-- Demandes actives, déposées et radiées de celles qui remplissent une condition, par fenêtre.
-- actives, radiees : noms de tables · filtre : condition sur les lignes des deux.
create macro evolution_du_stock(actives, radiees, filtre) as table
    with demandes as (
        select
            departement,
            mois,
            true as en_stock,
            null as motif,
            coalesce(mode_mutation = 1, false) as mutation,
            least(date_diff('month', date_creation, arrete), 12) as mois_depuis_depot,
            null as mois_depuis_radiation,
            count(*) as nombre
        from query_table(actives)
        where filtre
        group by all
        union all
        select
            radiation.departement,
            radiation.mois,
            false as en_stock,
            coalesce(codes.code, 'NR') as motif,
            coalesce(radiation.mode_mutation = 1, false) as mutation,
            least(date_diff('month', radiation.date_creation, radiation.arrete), 12)
                as mois_depuis_depot,
            least(date_diff('month', radiation.date_radiation, radiation.arrete), 12)
                as mois_depuis_radiation,
            count(*) as nombre
        from query_table(radiees) as radiation
        left join codes
            on codes.liste = 'MOTIF_RADIATION' and radiation.motif_radiation = codes.code
        where filtre
        group by all
    ),

    flux (code, libelle, ordre) as (
        select
            code,
            concat('dont ', lower(left(libelle, 1)), substr(libelle, 2)) as libelle,
            5 + coalesce(
                list_position(['RADATT', 'RADREN', 'RADABA', 'RADIRR', 'RADCON', 'RADFUS'], code), 7
            ) as ordre
        from codes
        where liste = 'MOTIF_RADIATION'
        union all
        values
        ('DEPOTS', 'Demandes déposées', 3),
        ('RADIATIONS', 'Demandes radiées', 4),
        ('NR', 'dont motif non renseigné ou hors liste', 15)
    ),

    fenetres (fenetre, dernier_recul, rang) as (
        values ('mois', 0, 1), ('trimestre', 2, 2), ('12_mois', 11, 3)
    ),

    lignes as (
        select
            'ACTIVES' as code,
            'Demandes actives à l''arrêté' as libelle,
            'arrete' as fenetre,
            0 as dernier_recul,
            10 as ordre
        union all
        select
            'ACTIVES_UN_JOUR' as code,
            'Demandes actives au moins un jour' as libelle,
            '12_mois' as fenetre,
            11 as dernier_recul,
            20 as ordre
        union all
        select
            flux.code,
            flux.libelle,
            fenetres.fenetre,
            fenetres.dernier_recul,
            flux.ordre * 10 + fenetres.rang as ordre
        from flux
        cross join fenetres
    ),

    croisement as (
        select
            demandes.departement,
            demandes.mois,
            demandes.mutation,
            demandes.nombre,
            lignes.ordre,
            lignes.code,
            lignes.libelle,
            lignes.fenetre,
            coalesce(case lignes.code
                when 'ACTIVES' then demandes.en_stock
                when 'ACTIVES_UN_JOUR'
                    then demandes.en_stock or demandes.mois_depuis_radiation between 0 and 11
                when 'DEPOTS' then demandes.mois_depuis_depot between 0 and lignes.dernier_recul
                when 'RADIATIONS'
                    then demandes.mois_depuis_radiation between 0 and lignes.dernier_recul
                else
                    demandes.motif = lignes.code
                    and demandes.mois_depuis_radiation between 0 and lignes.dernier_recul
            end, false) as comptee
        from demandes
        cross join lignes
    )

    select
        departement,
        mois,
        ordre,
        code,
        libelle,
        fenetre,
        coalesce(sum(nombre) filter (where comptee), 0)::bigint as total,
        coalesce(sum(nombre) filter (where comptee and mutation), 0)::bigint as mutations,
        coalesce(sum(nombre) filter (where comptee and not mutation), 0)::bigint as hors_mutation
    from croisement
    group by all;

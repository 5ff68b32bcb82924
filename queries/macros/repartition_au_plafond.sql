-- Une table répartie selon la position au plafond de ressources, avec le cumul sous le plafond.
create macro repartition_au_plafond(source, filtre) as table
    select
        *,
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
    from repartition(
        source,
        filtre,
        position_plafond,
        'POSITION_PLAFOND',
        place_du_code('POSITION_PLAFOND', code)
    );

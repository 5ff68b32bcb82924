-- Les flux de chaque mois tels que chaque arrêté peut les dire : lus dans la dernière livraison qui
-- couvre le mois en entier, et tels que la livraison de ce mois les disait (« à l'époque »).
-- flux : le mart des flux de 12 mois · recul_maximal : combien de mois avant l'arrêté.
create macro flux_vus(flux, recul_maximal) as table
    with lus as (
        select
            *,
            left(mois, 4)::int * 12 + right(mois, 2)::int as rang_livraison,
            left(code, 4)::int * 12 + right(code, 2)::int as rang_du_mois
        from query_table(flux)
        where code <> '*'
    ),

    vues as (
        select distinct
            departement,
            mois,
            rang_livraison as rang_arrete
        from lus
    ),

    choisies as (
        select
            vues.departement,
            vues.mois,
            vues.rang_arrete,
            lus.rang_du_mois,
            max(lus.rang_livraison) as rang_livraison
        from vues
        inner join lus
            on
                vues.departement = lus.departement
                and vues.rang_arrete >= lus.rang_livraison
                and lus.rang_du_mois >= vues.rang_arrete - recul_maximal
        group by all
    )

    select
        choisies.departement,
        choisies.mois,
        choisies.rang_arrete - choisies.rang_du_mois as recul,
        lus.code as periode,
        lus.libelle,
        lus.mois as code_livraison,
        lus.depots,
        lus.radiations,
        lus.attributions,
        lus.attributions_prioritaires,
        lus.non_renouvellements,
        propres.depots as depots_a_l_epoque,
        propres.radiations as radiations_a_l_epoque,
        propres.attributions as attributions_a_l_epoque,
        propres.attributions_prioritaires as attributions_prioritaires_a_l_epoque,
        propres.non_renouvellements as non_renouvellements_a_l_epoque
    from choisies
    inner join lus
        on
            choisies.departement = lus.departement
            and choisies.rang_livraison = lus.rang_livraison
            and choisies.rang_du_mois = lus.rang_du_mois
    left join lus as propres
        on
            choisies.departement = propres.departement
            and choisies.rang_du_mois = propres.rang_du_mois
            and choisies.rang_du_mois = propres.rang_livraison;

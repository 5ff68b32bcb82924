-- Les attributions de 12 mois suivies d'un bail, par EPCI : toutes, celles qui comptent pour
-- l'objectif, celles dont le revenu est connu. Tous les EPCI, quels que soient les réglages : un
-- ensemble qui changerait avec eux dirait, par différence, ce qu'un EPCI masque.
-- source : nom de radiation · zone : condition sur le logement · compte : condition de l'objectif.
create macro mixite(source, zone, compte) as table
    with comptes as (
        select
            radiation.departement,
            radiation.mois,
            coalesce(territoires.epci, 'NR') as code,
            coalesce(territoires.epci_nom, 'Commune inconnue ou sans EPCI') as libelle,
            coalesce(compte, false) as comptee,
            comptee
            or coalesce(
                1 in (radiation.nb_q1, radiation.nb_q2, radiation.nb_q3, radiation.nb_q4), false
            ) as revenu_connu,
            count(*) as nombre
        from query_table(source) as radiation
        left join territoires() as territoires
            on radiation.commune_logement_attrib = territoires.code
        where
            radiation.motif_radiation = 'RADATT'
            and sur_douze_mois(radiation.date_radiation, radiation.arrete)
            and radiation.date_signature_bail is not null
            and zone
        group by all
    ),

    lignes as (
        select * from comptes
        union all
        select * replace ('*' as code, 'Ensemble' as libelle)
        from comptes
    )

    select
        departement,
        mois,
        row_number() over (
            partition by departement, mois
            order by code = '*', code = 'NR', code
        ) as ordre,
        code,
        libelle,
        sum(nombre)::bigint as attributions,
        coalesce(sum(nombre) filter (where comptee), 0)::bigint as comptees,
        coalesce(sum(nombre) filter (where revenu_connu), 0)::bigint as attributions_revenu_connu,
        comptees / attributions as part_du_total,
        comptees / nullif(attributions_revenu_connu, 0) as part_revenu_connu
    from lignes
    group by departement, mois, code, libelle;

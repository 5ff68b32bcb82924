-- Les dernières périodes achevées : demandes actives à la fin de chacune, flux de la période.
-- stock_mensuel : le mart de evolution_du_stock · fenetre_lue : la fenêtre d'une période · duree :
-- ses mois · nombre : combien de périodes · derniere : la dernière achevée, d'un `premier_jour` ·
-- code_periode, nom_periode : ceux de la période dont `fin` est le dernier mois.
create macro serie(
    stock_mensuel, fenetre_lue, duree, nombre, derniere, code_periode, nom_periode
) as table
    with mesures as (
        select
            departement,
            make_date(left(mois, 4)::int, right(mois, 2)::int, 1) as premier_jour,
            max(total) filter (where code = 'ACTIVES') as demandes_actives,
            max(mutations) filter (where code = 'ACTIVES') as demandes_actives_mutations,
            max(hors_mutation) filter (where code = 'ACTIVES') as demandes_actives_hors_mutation,
            max(total) filter (where code = 'DEPOTS' and fenetre = fenetre_lue) as depots,
            max(total) filter (where code = 'RADIATIONS' and fenetre = fenetre_lue) as radiations,
            max(total) filter (where code = 'RADATT' and fenetre = fenetre_lue) as attributions,
            max(hors_mutation) filter (where code = 'RADATT' and fenetre = fenetre_lue)
                as attributions_hors_mutation,
            max(total) filter (where code = 'RADREN' and fenetre = fenetre_lue)
                as non_renouvellements,
            max(total) filter (where code = 'RADABA' and fenetre = fenetre_lue) as abandons,
            max(total) filter (where code = 'RADIRR' and fenetre = fenetre_lue) as irrecevabilites,
            max(total) filter (where code = 'RADATT' and fenetre = '12_mois')
                as attributions_12_mois,
            max(hors_mutation) filter (where code = 'RADATT' and fenetre = '12_mois')
                as attributions_12_mois_hors_mutation
        from query_table(stock_mensuel)
        group by departement, mois
    ),

    vues as (
        select
            departement,
            strftime(premier_jour, '%Y-%m') as mois,
            derniere as derniere_fin
        from mesures
    ),

    periodes as (
        select
            vues.departement,
            vues.mois,
            reculs.recul,
            (vues.derniere_fin - to_months(duree * reculs.recul::int))::date as fin
        from vues
        cross join range(nombre) as reculs (recul)
    )

    select
        periodes.departement,
        periodes.mois,
        nombre - periodes.recul as ordre,
        code_periode as periode,
        nom_periode as libelle,
        mesures.demandes_actives,
        mesures.demandes_actives_mutations,
        mesures.demandes_actives_hors_mutation,
        mesures.depots,
        mesures.radiations,
        mesures.attributions,
        mesures.attributions_hors_mutation,
        mesures.non_renouvellements,
        mesures.abandons,
        mesures.irrecevabilites,
        mesures.attributions_12_mois,
        mesures.attributions_12_mois_hors_mutation,
        precedentes.demandes_actives as demandes_actives_precedentes,
        mesures.demandes_actives / nullif(precedentes.demandes_actives, 0) - 1
            as evolution_demandes_actives,
        mesures.demandes_actives / nullif(mesures.attributions_12_mois, 0)
            as demandes_pour_une_attribution,
        mesures.demandes_actives_hors_mutation
        / nullif(mesures.attributions_12_mois_hors_mutation, 0)
            as demandes_pour_une_attribution_hors_mutation
    from periodes
    left join mesures
        on periodes.departement = mesures.departement and periodes.fin = mesures.premier_jour
    left join mesures as precedentes
        on
            periodes.departement = precedentes.departement
            and periodes.fin - to_months(duree) = precedentes.premier_jour;

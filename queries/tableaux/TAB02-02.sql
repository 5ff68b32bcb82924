-- code: TAB02-02
-- titre: Série des trois dernières années
-- grain: une ligne par période vue d'un mois (departement, mois, periode)
-- objet: demandes actives au 31 décembre, déposées et radiées dans l'année, pour les trois
--   dernières années civiles achevées
-- sur: marts
-- note: Les flux d'une année sont lus dans la livraison de décembre. Une période dont le dernier
--   mois n'est pas publié est vide. Les demandes pour une attribution rapportent les demandes
--   actives en fin de période aux attributions des 12 mois qui y finissent ; l'évolution se
--   rapporte aux demandes actives en fin de période précédente.
with mesures as (
    select
        departement,
        make_date(left(mois, 4)::int, right(mois, 2)::int, 1) as premier_jour,
        max(total) filter (where code = 'ACTIVES') as demandes_actives,
        max(mutations) filter (where code = 'ACTIVES') as demandes_actives_mutations,
        max(hors_mutation) filter (where code = 'ACTIVES') as demandes_actives_hors_mutation,
        max(total) filter (where code = 'DEPOTS' and fenetre = '12_mois') as depots,
        max(total) filter (where code = 'RADIATIONS' and fenetre = '12_mois') as radiations,
        max(total) filter (where code = 'RADATT' and fenetre = '12_mois') as attributions,
        max(hors_mutation) filter (
            where code = 'RADATT' and fenetre = '12_mois'
        ) as attributions_hors_mutation,
        max(total) filter (where code = 'RADREN' and fenetre = '12_mois') as non_renouvellements,
        max(total) filter (where code = 'RADABA' and fenetre = '12_mois') as abandons,
        max(total) filter (where code = 'RADIRR' and fenetre = '12_mois') as irrecevabilites,
        max(total) filter (where code = 'RADATT' and fenetre = '12_mois') as attributions_12_mois,
        max(hors_mutation) filter (
            where code = 'RADATT' and fenetre = '12_mois'
        ) as attributions_12_mois_hors_mutation
    from tab01_01
    group by departement, mois
),

vues as (
    select
        mesures.departement,
        strftime(mesures.premier_jour, '%Y-%m') as mois,
        date_trunc('year', mesures.premier_jour + interval 1 month)
        - interval 1 month as derniere_fin
    from mesures
),

periodes as (
    select
        vues.departement,
        vues.mois,
        reculs.recul,
        (vues.derniere_fin - to_months(12 * reculs.recul::int))::date as fin
    from vues
    cross join range(3) as reculs (recul)
)

select
    periodes.departement,
    periodes.mois,
    3 - periodes.recul as ordre,
    strftime(periodes.fin, '%Y') as periode,
    strftime(periodes.fin, '%Y') as libelle,
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
    mesures.demandes_actives_hors_mutation / nullif(mesures.attributions_12_mois_hors_mutation, 0)
        as demandes_pour_une_attribution_hors_mutation
from periodes
left join mesures
    on periodes.departement = mesures.departement and periodes.fin = mesures.premier_jour
left join mesures as precedentes
    on
        periodes.departement = precedentes.departement
        and periodes.fin - interval 12 month = precedentes.premier_jour

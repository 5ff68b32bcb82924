-- titre: Attributions aux prioritaires, par réservataire et EPCI, face à l'objectif
-- description: Chaque réservataire doit une part de ses attributions aux ménages DALO et
--   prioritaires (CCH L.441-1). Attributions des 12 mois qui finissent au mois choisi, par EPCI du
--   logement attribué.
-- grain: une ligne par EPCI et réservataire
-- parametre objectif: {type: nombre, libelle: Objectif en %, defaut: 25, min: 0, max: 100}
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: DALO et prioritaires
-- tags: attributions, réservataires, DALO, prioritaires, EPCI
-- synonymes: obligation de 25 %, publics prioritaires, objectif par réservataire, contingent
--   préfectoral, Action Logement, collectivités, DALO relogés, CCH L.441-1, quota de prioritaires
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval 11 month as debut,
        $objectif / 100 as objectif
    from demandes
    group by departement
),

territoires as (
    select
        code,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
)

select
    demandes.departement as département,
    coalesce(territoires.epci, 'Commune inconnue ou sans EPCI') as epci,
    coalesce(codes.libelle, 'Non renseigné') as réservataire,
    count(*) as attributions,
    count(*) filter (where demandes.nb_dalo = 1) as dalo,
    count(*) filter (where 1 in (demandes.nb_dalo, demandes.nb_menage_prioritaire))
        as dalo_et_prioritaires,
    dalo_et_prioritaires / attributions as part_prioritaires,
    periode.objectif as part_visée,
    greatest(ceil(periode.objectif * attributions - 1e-9) - dalo_et_prioritaires, 0)::bigint
        as attributions_manquantes
from demandes
inner join periode
    on
        demandes.departement = periode.departement
        and demandes.date_radiation between periode.debut and periode.fin
left join territoires on demandes.commune_logement_attrib = territoires.code
left join codes
    on codes.liste = 'TYPE_RESERVATAIRE' and demandes.type_reservataire = codes.code
where demandes.motif_radiation = 'RADATT'
group by demandes.departement, territoires.epci, codes.libelle, periode.objectif
order by demandes.departement asc, territoires.epci asc, attributions desc, réservataire asc

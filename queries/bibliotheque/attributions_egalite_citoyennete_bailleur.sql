-- titre: Égalité et citoyenneté, par bailleur
-- description: Part des attributions hors QPV, suivies d'un bail, aux ménages du premier quartile
--   ou relogés (ANRU), et part des attributions en QPV aux quartiles 2 à 4. Un revenu inconnu
--   compte comme un non. Attributions des 12 mois qui finissent au mois choisi, dans tous les EPCI
--   ou dans un seul. Le zonage est celui que porte la livraison : QPV, génération 2024.
-- grain: une ligne par bailleur
-- parametre objectif: {type: nombre, libelle: Objectif hors QPV en %, defaut: 25, min: 0, max: 100}
-- parametre epci: {type: liste, libelle: EPCI du logement, facultatif: true,
--   requete: "select distinct epci, epci_nom from communes where epci is not null
--   and departement in (select departement from registre) order by strip_accents(lower(epci_nom))"}
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, bailleurs, quartiles, QPV
-- synonymes: LEC, loi égalité et citoyenneté, 25 % premier quartile, ménages pauvres hors QPV,
--   mixité sociale, peuplement, quartier prioritaire de la politique de la ville, ANRU, les plus
--   modestes
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval 11 month as debut,
        $objectif / 100 as objectif
    from demandes
    group by departement
),

bailleurs as (
    select
        departement,
        organisme,
        min(split_part(nom, ' – ', 1)) as bailleur
    from registre
    where type_guichet = 'BAILLEUR'
    group by departement, organisme
),

choix as (select $epci as epci_voulu),

territoires as (
    select
        code,
        arg_min(epci, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
),

attributions as (
    select
        demandes.*,
        periode.objectif,
        coalesce(demandes.nb_q1 = 1 or demandes.estanru = 1, false) as premier_quartile,
        coalesce(1 in (demandes.nb_q2, demandes.nb_q3, demandes.nb_q4), false) as autres_quartiles
    from demandes
    inner join periode
        on
            demandes.departement = periode.departement
            and demandes.date_radiation between periode.debut and periode.fin
    cross join choix
    left join territoires on demandes.commune_logement_attrib = territoires.code
    where
        demandes.motif_radiation = 'RADATT'
        and demandes.date_signature_bail is not null
        and (choix.epci_voulu is null or territoires.epci = choix.epci_voulu)
)

select
    attributions.departement as département,
    coalesce(bailleurs.bailleur, attributions.siren_radiation, 'Bailleur non renseigné')
        as bailleur,
    count(*) filter (where attributions.nb_hqpv = 1) as attributions_hors_qpv,
    count(*) filter (where attributions.nb_hqpv = 1 and attributions.premier_quartile)
        as premier_quartile_hors_qpv,
    premier_quartile_hors_qpv / nullif(attributions_hors_qpv, 0) as part_hors_qpv,
    attributions.objectif as part_visée,
    greatest(
        ceil(attributions.objectif * attributions_hors_qpv - 1e-9) - premier_quartile_hors_qpv, 0
    )::bigint as attributions_manquantes,
    count(*) filter (where attributions.nb_qpv = 1) as attributions_en_qpv,
    count(*) filter (where attributions.nb_qpv = 1 and attributions.autres_quartiles)
        as quartiles_2_à_4_en_qpv,
    quartiles_2_à_4_en_qpv / nullif(attributions_en_qpv, 0) as part_en_qpv
from attributions
left join bailleurs
    on
        attributions.departement = bailleurs.departement
        and attributions.siren_radiation = bailleurs.organisme
group by
    attributions.departement,
    bailleurs.bailleur,
    attributions.siren_radiation,
    attributions.objectif
order by attributions.departement asc, attributions_hors_qpv desc, bailleur asc

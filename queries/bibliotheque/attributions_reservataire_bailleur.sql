-- titre: Attributions par bailleur et par réservataire
-- description: Sur quel contingent chaque bailleur attribue-t-il ? Attributions des 12 mois qui
--   finissent au mois choisi, datées par la radiation. Le bailleur est celui du SIREN transmis avec
--   la radiation.
-- grain: une ligne par bailleur
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, réservataires, bailleurs
-- synonymes: contingent, qui attribue, Action Logement, préfet, 1 % logement, employeurs,
--   collectivités, part de chaque réservataire, origine des désignations
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval 11 month as debut
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
)

select
    demandes.departement as département,
    coalesce(bailleurs.bailleur, demandes.siren_radiation, 'Bailleur non renseigné') as bailleur,
    count(*) as attributions,
    count(*) filter (where demandes.type_reservataire = 'PPRIOR') as préfet_prioritaires,
    count(*) filter (where demandes.type_reservataire = 'PFONCT') as préfet_fonctionnaires,
    count(*) filter (where demandes.type_reservataire = 'COLTER') as collectivités_et_epci,
    count(*) filter (where demandes.type_reservataire = 'COLACT') as action_logement,
    count(*) filter (where demandes.type_reservataire = 'AUTRES') as autres_réservataires,
    count(*) filter (where demandes.type_reservataire = 'AUCUN') as logement_non_réservé,
    attributions - préfet_prioritaires - préfet_fonctionnaires - collectivités_et_epci
    - action_logement - autres_réservataires - logement_non_réservé as non_renseigné
from demandes
inner join periode
    on
        demandes.departement = periode.departement
        and demandes.date_radiation between periode.debut and periode.fin
left join bailleurs
    on
        demandes.departement = bailleurs.departement
        and demandes.siren_radiation = bailleurs.organisme
where demandes.motif_radiation = 'RADATT'
group by demandes.departement, bailleurs.bailleur, demandes.siren_radiation
order by demandes.departement asc, attributions desc, bailleur asc

-- titre: Attributions sur un logement « non réservé », par bailleur
-- description: AUCUN est souvent une valeur par défaut qui cache le réservataire. Un bailleur qui
--   s'écarte de l'ensemble au-delà de l'entonnoir à 99,8 % est à interroger. Attributions des
--   12 mois qui finissent au mois choisi.
-- grain: une ligne par bailleur
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, réservataires, bailleurs, qualité
-- synonymes: AUCUN réservataire, sans réservataire, sans contingent, logements non réservés, hors
--   contingent, contingent oublié
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
),

comptes as (
    select
        demandes.departement,
        coalesce(bailleurs.bailleur, demandes.siren_radiation, 'Bailleur non renseigné')
            as bailleur,
        count(*) as attributions,
        count(*) filter (where demandes.type_reservataire = 'AUCUN') as non_reservees
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
),

taux as (
    select
        *,
        sum(non_reservees) over (partition by departement)
        / sum(attributions) over (partition by departement) as ensemble,
        3.09 * sqrt(ensemble * (1 - ensemble) / attributions) as marge
    from comptes
)

select
    departement as département,
    bailleur,
    attributions,
    non_reservees as non_réservées,
    non_reservees / attributions as part_non_réservées,
    ensemble as part_ensemble,
    greatest(0, ensemble - marge) as limite_basse,
    least(1, ensemble + marge) as limite_haute,
    case
        when part_non_réservées > limite_haute then 'à interroger'
        when part_non_réservées < limite_basse then 'en dessous'
        else ''
    end as lecture
from taux
order by departement asc, part_non_réservées desc, bailleur asc

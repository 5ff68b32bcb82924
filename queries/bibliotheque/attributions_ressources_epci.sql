-- titre: Attributions par plafond de ressources et EPCI
-- description: Qui est relogé, au regard des plafonds ? Attributions des 12 mois qui finissent au
--   mois choisi, par EPCI du logement, face aux demandes actives qui souhaitent ce même EPCI.
-- grain: une ligne par EPCI et position au plafond
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, ressources, EPCI
-- synonymes: plafonds de ressources, PLAI, PLUS, PLS, revenus des ménages logés, niveau de revenu,
--   pauvreté des attributaires, dépassement de plafond
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval 11 month as debut
    from demandes
    group by departement
),

territoires as (
    select
        code,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
),

unites as (
    select
        demandes.departement,
        demandes.statut,
        coalesce(demandes.position_plafond, 'NR') as plafond,
        case
            when demandes.statut = 'active' then demandes.commune_log_recherche
            else demandes.commune_logement_attrib
        end as commune
    from demandes
    inner join periode on demandes.departement = periode.departement
    where
        demandes.statut = 'active'
        or (
            demandes.motif_radiation = 'RADATT'
            and demandes.date_radiation between periode.debut and periode.fin
        )
),

comptes as (
    select
        unites.departement,
        coalesce(territoires.epci, 'Commune inconnue ou sans EPCI') as epci,
        unites.plafond,
        count(*) filter (where unites.statut = 'radiée') as attributions,
        count(*) filter (where unites.statut = 'active') as demandes
    from unites
    left join territoires on unites.commune = territoires.code
    group by unites.departement, territoires.epci, unites.plafond
)

select
    comptes.departement as département,
    comptes.epci,
    coalesce(codes.libelle, 'Non renseigné') as ressources,
    comptes.attributions,
    comptes.attributions
    / nullif(sum(comptes.attributions) over (partition by comptes.departement, comptes.epci), 0)
        as part_des_attributions,
    comptes.demandes as demandes_actives,
    comptes.demandes
    / nullif(sum(comptes.demandes) over (partition by comptes.departement, comptes.epci), 0)
        as part_des_demandes
from comptes
left join codes on codes.liste = 'POSITION_PLAFOND' and comptes.plafond = codes.code
order by
    comptes.departement asc,
    comptes.epci asc,
    coalesce(
        list_position(['PLAI', 'PLUS', 'PLS', 'SUP'], comptes.plafond), 9
    ) asc

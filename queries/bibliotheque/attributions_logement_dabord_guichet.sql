-- titre: Logement d'abord, par guichet
-- description: Attributions aux ménages sans abri, hébergés en structure ou à l'hôtel avant leur
--   relogement, dans les 12 mois qui finissent au mois choisi.
-- grain: une ligne par guichet qui a attribué
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: DALO et prioritaires
-- tags: attributions, guichets, Logement d'abord
-- synonymes: sans domicile fixe, SDF, sans abri, rue, hébergement, CHRS, hôtel, foyer, sortants
--   d'hébergement, SIAO, logement d'abord objectif
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval 11 month as debut
    from demandes
    group by departement
),

guichets as (
    select
        departement,
        guichet,
        nom
    from registre
    qualify mois = max(mois) over (partition by departement)
)

select
    demandes.departement as département,
    coalesce(demandes.guichet_enregistreur, 'INCONNU') as guichet,
    guichets.nom as nom_du_guichet,
    count(*) as attributions,
    count(*) filter (where demandes.mode_logement_actuel = 'SD') as sans_abri,
    count(*) filter (where demandes.mode_logement_actuel = 'SH') as structure_d_hébergement,
    count(*) filter (where demandes.mode_logement_actuel = 'HOT') as hôtel,
    sans_abri + structure_d_hébergement + hôtel as logement_d_abord,
    logement_d_abord / attributions as part_logement_d_abord
from demandes
inner join periode
    on
        demandes.departement = periode.departement
        and demandes.date_radiation between periode.debut and periode.fin
left join guichets
    on
        demandes.departement = guichets.departement
        and demandes.guichet_enregistreur = guichets.guichet
where demandes.motif_radiation = 'RADATT'
group by demandes.departement, demandes.guichet_enregistreur, guichets.nom
order by
    demandes.departement asc,
    logement_d_abord desc,
    attributions desc,
    demandes.guichet_enregistreur asc

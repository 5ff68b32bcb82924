-- titre: Effets d'une attribution enregistrée tard
-- description: Entre la signature du bail et la radiation, la demande paraît active. Combien de
--   temps, combien de préavis et de renouvellements pour rien ? Attributions des 12 mois qui
--   finissent au mois choisi, enregistrées plus de quelques jours après le bail. Plis et journal ne
--   couvrent que leurs 18 derniers mois environ.
-- grain: une ligne par guichet qui a radié
-- parametre jours: {type: entier, libelle: Jours de tolérance, defaut: 15, min: 0, max: 365}
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, guichets, qualité
-- synonymes: bail signé mais demande encore active, radiation pour attribution en retard,
--   attributions enregistrées tardivement, organismes en retard, conséquences du retard de saisie,
--   demandeur contacté pour rien, préavis envoyé à tort
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval 11 month as debut,
        $jours as tolerance
    from demandes
    group by departement
),

attributions as (
    select
        demandes.departement,
        demandes.numero_unique,
        demandes.date_signature_bail,
        demandes.date_radiation,
        coalesce(demandes.guichet_enregistreur, 'INCONNU') as guichet,
        demandes.date_radiation - demandes.date_signature_bail as jours_de_trop,
        jours_de_trop > periode.tolerance as tardive
    from demandes
    inner join periode
        on
            demandes.departement = periode.departement
            and demandes.date_radiation between periode.debut and periode.fin
    where demandes.motif_radiation = 'RADATT' and demandes.date_signature_bail is not null
),

actes as (
    select
        departement,
        numero_unique,
        date_envoi as jour,
        'préavis' as nature
    from plis
    where type_pli in ('PREAVIS_SIMPLE', 'PREAVIS_AR')
    union all
    select
        departement,
        numero_unique,
        date_evenement as jour,
        'renouvellement' as nature
    from journal
    where type_evenement = 'REN'
),

pour_rien as (
    select
        attributions.departement,
        attributions.numero_unique,
        count(*) filter (where actes.nature = 'préavis') as preavis,
        count(*) filter (where actes.nature = 'renouvellement') as renouvellements
    from attributions
    inner join actes
        on
            attributions.departement = actes.departement
            and attributions.numero_unique = actes.numero_unique
            and attributions.date_signature_bail < actes.jour
            and attributions.date_radiation >= actes.jour
    group by attributions.departement, attributions.numero_unique
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
    attributions.departement as département,
    attributions.guichet,
    guichets.nom as nom_du_guichet,
    count(*) as attributions_avec_bail,
    count(*) filter (where attributions.tardive) as tardives,
    tardives / attributions_avec_bail as part_tardives,
    median(attributions.jours_de_trop) filter (where attributions.tardive)
        as retard_médian_en_jours,
    max(attributions.jours_de_trop) filter (where attributions.tardive)
        as plus_long_retard_en_jours,
    coalesce(sum(pour_rien.preavis) filter (where attributions.tardive), 0)::bigint
        as préavis_pour_rien,
    coalesce(sum(pour_rien.renouvellements) filter (where attributions.tardive), 0)::bigint
        as renouvellements_pour_rien
from attributions
left join pour_rien
    on
        attributions.departement = pour_rien.departement
        and attributions.numero_unique = pour_rien.numero_unique
left join guichets
    on
        attributions.departement = guichets.departement
        and attributions.guichet = guichets.guichet
group by attributions.departement, attributions.guichet, guichets.nom
having tardives > 0
order by attributions.departement asc, tardives desc, attributions.guichet asc

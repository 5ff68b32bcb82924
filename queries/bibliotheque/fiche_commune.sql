-- titre: Fiche d'une commune
-- description: Ce qu'un maire demande : combien de ménages souhaitent sa commune, depuis combien de
--   temps, combien y vivent déjà, et ce qui y a été attribué dans les 12 derniers mois. La commune
--   souhaitée est le premier choix. Pour Marseille, choisir la ville ou un arrondissement.
-- grain: une ligne par donnée
-- parametre commune: {type: liste, libelle: Commune,
--   requete: "select code, nom || ' (' || code || ')' as libelle from communes
--   where type in ('commune-actuelle', 'arrondissement-municipal')
--   and departement in (select departement from registre) order by strip_accents(lower(nom))"}
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: communes, demandes, attributions, fiche
-- synonymes: portrait d'une commune, chiffres pour un maire, demande dans ma ville, statistiques
--   communales, données d'une commune, élu
with choisies as (
    select distinct code
    from communes
    where
        code = $commune
        or ($commune = '13055' and code between '13201' and '13216')
        or ($commune = '69123' and code between '69381' and '69389')
        or ($commune = '75056' and code between '75101' and '75120')
),

souhaits as (
    select
        *,
        date_diff('day', date_creation, vue_le) / 30.4375 as anciennete
    from demandes
    where
        statut = 'active'
        and commune_log_recherche in (select choisies.code from choisies)
),

logements as (
    select
        *,
        coalesce(delai_attribution, date_signature_bail - date_creation) / 30.4375 as delai
    from demandes
    where
        motif_radiation = 'RADATT'
        and commune_logement_attrib in (select choisies.code from choisies)
        and date_radiation > (
            select date_trunc('month', max(toutes.vue_le)) - interval 11 month - interval 1 day
            from demandes as toutes
        )
),

lignes (ordre, rubrique, donnee, valeur, decimales) as (
    select
        1,
        'Demandes actives',
        'qui souhaitent la commune en premier',
        count(*)::double,
        0
    from souhaits
    union all
    select
        2,
        'Demandes actives',
        'dont mutations (déjà dans le parc social)',
        count(*) filter (where mode_mutation = 1),
        0
    from souhaits
    union all
    select
        3,
        'Demandes actives',
        'dont ménages qui y vivent déjà',
        count(*) filter (where commune_log_actuel in (select choisies.code from choisies)),
        0
    from souhaits
    union all
    select
        4,
        'Demandes actives',
        'dont ménages DALO ou prioritaires',
        count(*) filter (where 1 in (nb_dalo, nb_menage_prioritaire)),
        0
    from souhaits
    union all
    select
        5,
        'Demandes actives',
        'dont personnes seules',
        count(*) filter (where taille_menage = 1),
        0
    from souhaits
    union all
    select
        6,
        'Demandes actives',
        'dont ressources sous le plafond PLAI',
        count(*) filter (where position_plafond = 'PLAI'),
        0
    from souhaits
    union all
    select
        7,
        'Demandes actives',
        'ancienneté médiane, en mois',
        median(anciennete),
        1
    from souhaits
    union all
    select
        8,
        'Demandes actives',
        'dont déposées dans les 12 derniers mois',
        count(*) filter (
            where date_creation >= date_trunc('month', vue_le) - interval 11 month
        ),
        0
    from souhaits
    union all
    select
        9,
        'Attributions de 12 mois',
        'logements attribués dans la commune',
        count(*),
        0
    from logements
    union all
    select
        10,
        'Attributions de 12 mois',
        'à des ménages qui y vivaient',
        count(*) filter (where commune_log_actuel in (select choisies.code from choisies)),
        0
    from logements
    union all
    select
        11,
        'Attributions de 12 mois',
        'à des ménages DALO ou prioritaires',
        count(*) filter (where 1 in (nb_dalo, nb_menage_prioritaire)),
        0
    from logements
    union all
    select
        12,
        'Attributions de 12 mois',
        'délai médian, en mois',
        median(delai) filter (where delai >= 0),
        1
    from logements
    union all
    select
        13,
        'Tension',
        'demandes actives pour une attribution',
        (select count(*) from souhaits) / nullif(count(*), 0),
        1
    from logements
)

select
    rubrique,
    donnee as donnée,
    case decimales
        when 0 then replace(format('{:,}', valeur::bigint), ',', ' ')
        else replace(format('{:.1f}', valeur), '.', ',')
    end as valeur
from lignes
order by ordre

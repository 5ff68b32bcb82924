-- titre: Ancienneté des demandes actives, par guichet
-- description: Depuis combien de temps attendent les demandes que chaque guichet suit ? Le guichet
--   est celui du dernier acte. Ancienneté de la date de dépôt à l'arrêté.
-- grain: une ligne par guichet
-- parametre type_guichet: {type: liste, libelle: Type de guichet, codes: TYPE_GUICHET,
--   facultatif: true}
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: demandes, ancienneté, guichets
-- synonymes: stock ancien, vieilles demandes, âge des demandes, depuis quand attendent, durée
--   d'attente des demandeurs, ancienneté moyenne et médiane, demandes en cours par guichet,
--   portefeuille du guichet
with guichets as (
    select
        departement,
        guichet,
        nom,
        type_guichet
    from registre
    qualify mois = max(mois) over (partition by departement)
),

choix as (select $type_guichet as type_voulu),

actives as (
    select
        departement,
        coalesce(guichet_enregistreur, 'INCONNU') as guichet,
        date_diff('day', date_creation, vue_le) / 30.4375 as anciennete
    from demandes
    where statut = 'active'
)

select
    actives.departement as département,
    actives.guichet,
    guichets.nom as nom_du_guichet,
    coalesce(codes.libelle, 'Inconnu du registre') as type_de_guichet,
    count(*) as demandes_actives,
    count(*) filter (where actives.anciennete < 12) as moins_d_un_an,
    count(*) filter (where actives.anciennete between 12 and 24) as un_à_deux_ans,
    count(*) filter (where actives.anciennete > 24 and actives.anciennete <= 60)
        as deux_à_cinq_ans,
    count(*) filter (where actives.anciennete > 60) as plus_de_cinq_ans,
    median(actives.anciennete) as ancienneté_médiane_en_mois,
    avg(actives.anciennete) as ancienneté_moyenne_en_mois
from actives
cross join choix
left join guichets
    on actives.departement = guichets.departement and actives.guichet = guichets.guichet
left join codes
    on codes.liste = 'TYPE_GUICHET' and guichets.type_guichet = codes.code
where choix.type_voulu is null or guichets.type_guichet = choix.type_voulu
group by actives.departement, actives.guichet, guichets.nom, codes.libelle
order by
    actives.departement asc,
    ancienneté_médiane_en_mois desc,
    demandes_actives desc,
    actives.guichet asc

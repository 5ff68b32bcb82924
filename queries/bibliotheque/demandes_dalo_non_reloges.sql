-- titre: Ménages DALO non relogés
-- description: Demandes actives de ménages reconnus DALO, par EPCI de la première commune souhaitée
--   et typologie recherchée, avec leur ancienneté. La date de la reconnaissance n'est pas dans
--   l'extrait : l'ancienneté part du dépôt de la demande.
-- grain: une ligne par EPCI et typologie
-- parametre mois: {type: entier, libelle: Ancienneté signalée en mois, defaut: 24,
--   min: 1, max: 240}
-- auteur: infocentre
-- theme: DALO et prioritaires
-- tags: DALO, demandes, EPCI
-- synonymes: DALO en attente, reconnus prioritaires et à reloger, droit au logement opposable,
--   commission de médiation, DALO restant à loger, stock DALO, combien de DALO
with dalo as (
    select
        departement,
        commune_log_recherche,
        coalesce(nullif(type_logement_recherche, 'NONDOC'), 'NR') as typologie,
        mode_logement_actuel,
        date_diff('day', date_creation, vue_le) / 30.4375 as anciennete,
        date_creation + to_months($mois) < vue_le as ancienne
    from demandes
    where statut = 'active' and nb_dalo = 1
),

territoires as (
    select
        code,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
)

select
    dalo.departement as département,
    coalesce(territoires.epci, 'Commune inconnue ou sans EPCI') as epci,
    coalesce(codes.libelle, 'Non renseignée') as typologie_recherchée,
    count(*) as ménages_dalo,
    count(*) filter (where dalo.ancienne) as au_delà_de_l_ancienneté_signalée,
    count(*) filter (where dalo.mode_logement_actuel in ('SD', 'SH', 'HOT'))
        as sans_abri_hébergés_ou_à_l_hôtel,
    median(dalo.anciennete) as ancienneté_médiane_en_mois,
    max(dalo.anciennete) as ancienneté_maximale_en_mois
from dalo
left join territoires on dalo.commune_log_recherche = territoires.code
left join codes on codes.liste = 'TYPE_LOGEMENT_RECHERCHE' and dalo.typologie = codes.code
group by dalo.departement, territoires.epci, codes.libelle, dalo.typologie
order by
    dalo.departement asc,
    territoires.epci asc,
    dalo.typologie = 'NR' asc,
    dalo.typologie asc

-- titre: Demandes au-delà du délai anormalement long
-- description: Demandes actives de personnes physiques plus anciennes que le délai fixé par le
--   préfet, par EPCI de la première commune souhaitée et typologie recherchée. Une demande le
--   dépasse quand sa date de dépôt, augmentée du délai, précède l'arrêté.
-- grain: une ligne par EPCI et typologie
-- parametre delai: {type: entier, libelle: Délai en mois, defaut: 36, min: 1, max: 240,
--   aide: celui de l'arrêté préfectoral}
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: demandes, délais, EPCI, typologie
-- synonymes: DAL, délai préfectoral, dépasser le délai, attente excessive, plus de trois ans,
--   demandes hors délai, saisir la commission de médiation
with actives as (
    select
        departement,
        commune_log_recherche,
        coalesce(nullif(type_logement_recherche, 'NONDOC'), 'NR') as typologie,
        coalesce(mode_mutation = 1, false) as mutation,
        coalesce(nb_dalo = 1, false) as dalo,
        date_diff('day', date_creation, vue_le) / 30.4375 as anciennete,
        date_creation + to_months($delai) < vue_le as au_dela
    from demandes
    where statut = 'active' and type_demandeur = 'PP'
),

territoires as (
    select
        code,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
)

select
    actives.departement as département,
    coalesce(territoires.epci, 'Commune inconnue ou sans EPCI') as epci,
    coalesce(codes.libelle, 'Non renseignée') as typologie_recherchée,
    count(*) as demandes,
    count(*) filter (where actives.au_dela) as au_delà_du_délai,
    au_delà_du_délai / demandes as part_au_delà,
    count(*) filter (where actives.au_dela and not actives.mutation) as dont_hors_mutation,
    count(*) filter (where actives.au_dela and actives.dalo) as dont_dalo,
    max(actives.anciennete) as plus_ancienne_en_mois
from actives
left join territoires on actives.commune_log_recherche = territoires.code
left join codes
    on codes.liste = 'TYPE_LOGEMENT_RECHERCHE' and actives.typologie = codes.code
group by actives.departement, territoires.epci, codes.libelle, actives.typologie
order by
    actives.departement asc,
    territoires.epci asc,
    actives.typologie = 'NR' asc,
    actives.typologie asc

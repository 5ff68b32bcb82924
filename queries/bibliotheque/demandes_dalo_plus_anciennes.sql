-- titre: Les demandes DALO les plus anciennes
-- description: Liste à examiner en commission : les demandes actives de ménages reconnus DALO, de
--   la plus ancienne à la plus récente. L'identifiant est un pseudonyme, le même dans tout le
--   fichier des analystes.
-- grain: une ligne par demande
-- parametre nombre: {type: entier, libelle: Nombre de demandes, defaut: 50, min: 1, max: 1000}
-- auteur: infocentre
-- theme: DALO et prioritaires
-- tags: DALO, demandes, liste
-- synonymes: DALO qui attendent depuis longtemps, liste nominative DALO, dossiers à passer en
--   commission, plus vieux DALO, droit au logement opposable
with territoires as (
    select
        code,
        arg_min(nom, (type <> 'commune-actuelle')::int) as commune
    from communes
    group by code
),

anciennes as (
    select
        *,
        date_diff('day', date_creation, vue_le) / 30.4375 as anciennete
    from demandes
    where statut = 'active' and nb_dalo = 1
    order by date_creation, numero_unique
    limit $nombre
)

select
    anciennes.departement as département,
    left(anciennes.numero_unique, 12) as pseudonyme,
    anciennes.date_creation as date_de_dépôt,
    anciennes.anciennete as ancienneté_en_mois,
    coalesce(territoires.commune, anciennes.commune_log_recherche) as première_commune_souhaitée,
    typologies.libelle as typologie_recherchée,
    anciennes.taille_menage as personnes_à_loger,
    logements.libelle as logement_actuel,
    anciennes.guichet_enregistreur as guichet
from anciennes
left join territoires on anciennes.commune_log_recherche = territoires.code
left join codes as typologies
    on
        typologies.liste = 'TYPE_LOGEMENT_RECHERCHE'
        and anciennes.type_logement_recherche = typologies.code
left join codes as logements
    on
        logements.liste = 'MODE_LOGEMENT_ACTUEL'
        and anciennes.mode_logement_actuel = logements.code
order by anciennes.date_creation asc, anciennes.numero_unique asc

-- titre: Ce que les derniers mois ne disent pas encore
-- description: Une partie des actes d'un mois est saisie après l'arrêté. Pour les mois encore
--   incomplets, ce qui est constaté, ce que l'on peut attendre, et l'intervalle de l'estimation.
--   Quand les habitudes de saisie ont changé, l'estimation est retenue.
-- grain: une ligne par indicateur, mesure et mois jugé
-- parametre completude: {type: nombre, libelle: Complétude maximale en %, defaut: 98,
--   min: 0, max: 100}
-- auteur: infocentre
-- theme: Suivre les guichets
-- tags: indicateurs, saisie tardive
-- synonymes: données incomplètes, derniers mois provisoires, complétude, estimation, remontées
--   tardives, ce qui manque encore, chiffres qui vont monter, fiabilité du dernier mois
with dernieres as (
    select
        *,
        $completude / 100 as completude_maximale
    from estimations
    qualify mois = max(mois) over (partition by departement)
)

select
    departement as département,
    code as indicateur,
    mesure,
    mois_juge as mois_jugé,
    constate as constaté,
    round(estime)::bigint as attendu,
    floor(borne_basse)::bigint as au_moins,
    ceil(borne_haute)::bigint as au_plus,
    completude as taux_de_complétude,
    saisie_tardive_probable,
    if(rupture, 'habitudes de saisie changées : estimation retenue', '') as avertissement
from dernieres
where completude < completude_maximale or (rupture and saisie_tardive_probable)
order by departement asc, code asc, mesure asc, mois_juge desc

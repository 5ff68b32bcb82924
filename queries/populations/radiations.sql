-- nom: radiations
-- nature: flux
-- grain: une ligne par demande radiée (departement, arrete, numero_unique)
-- objet: demandes radiées dans l'un des 12 mois qui finissent à l'arrêté, quel que soit le
--   motif
-- requiert:
with echeances as (
    select
        *,
        greatest(date_creation, date_renouvellement) as dernier_depot_ou_renouvellement,
        dernier_depot_ou_renouvellement + interval 12 month as echeance
    from radiation
    where date_radiation between date_trunc('month', arrete) - interval 11 month and arrete
)

select
    echeances.numero_unique as unite,
    echeances.departement,
    coalesce(echeances.guichet_enregistreur, 'INCONNU') as guichet,
    echeances.arrete,
    echeances.mois,
    echeances.date_radiation as jour,
    echeances.numero_unique,
    echeances.date_radiation,
    echeances.motif_radiation,
    echeances.smotif_radiation,
    echeances.estcreeesitegrandpublic,
    echeances.date_preavis_simple,
    echeances.date_preavis_ar,
    guichets.type_guichet,
    echeances.dernier_depot_ou_renouvellement,
    least(
        case
            when echeances.date_preavis_simple >= echeances.dernier_depot_ou_renouvellement
                then echeances.date_preavis_simple
        end,
        case
            when echeances.date_preavis_ar >= echeances.dernier_depot_ou_renouvellement
                then echeances.date_preavis_ar
        end
    ) as premier_preavis,
    (echeances.echeance - interval 1 month)::date as date_limite_preavis
from echeances
left join guichets
    on
        echeances.departement = guichets.departement
        and echeances.arrete = guichets.arrete
        and echeances.guichet_enregistreur = guichets.code_guichet

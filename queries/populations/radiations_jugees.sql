-- nom: radiations_jugees
-- nature: flux
-- grain: une ligne par acte de radiation (departement, arrete, id_evenement)
-- objet: actes de radiation dont le délai de 3 mois, après lequel ils sont tenus pour
--   acquis, s'achève dans l'un des 12 mois qui finissent à l'arrêté, avec la première
--   déradiation qui les suit
-- requiert: journal
with radiees as (
    select
        *,
        (date_evenement + interval 3 month)::date as jour
    from journal
    where type_evenement = 'RAD'
),

deradiations as (
    select
        departement,
        arrete,
        numero_unique,
        date_evenement as date_deradiation
    from journal
    where type_evenement = 'DERAD'
)

select
    radiees.id_evenement as unite,
    radiees.departement,
    coalesce(radiees.guichet, 'INCONNU') as guichet,
    radiees.arrete,
    radiees.mois,
    radiees.jour,
    radiees.numero_unique,
    radiees.date_evenement,
    deradiations.date_deradiation
from radiees
asof left join deradiations
    on
        radiees.departement = deradiations.departement
        and radiees.arrete = deradiations.arrete
        and radiees.numero_unique = deradiations.numero_unique
        and radiees.date_evenement <= deradiations.date_deradiation
where
    radiees.jour between date_trunc('month', radiees.arrete) - interval 11 month and radiees.arrete

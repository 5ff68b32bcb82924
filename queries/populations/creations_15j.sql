-- nom: creations_15j
-- nature: flux
-- grain: une ligne par demande (departement, arrete, numero_unique)
-- objet: demandes de personnes physiques, hors portail grand public, dont le délai de 15
--   jours après le dépôt s'achève dans l'un des 12 mois qui finissent à l'arrêté
-- requiert: stock.estcreeesitegrandpublic, radiation.estcreeesitegrandpublic
with demandes as (
    select * from stock
    union all by name
    select * from radiation
)

select
    numero_unique as unite,
    departement,
    coalesce(cle_guichetcreateur, 'INCONNU') as guichet,
    arrete,
    mois,
    date_creation + 15 as jour,
    numero_unique,
    date_creation,
    nb_pjidentite
from demandes
where
    date_creation + 15 between date_trunc('month', arrete) - interval 11 month and arrete
    and estcreeesitegrandpublic is distinct from 1
    and type_demandeur = 'PP'

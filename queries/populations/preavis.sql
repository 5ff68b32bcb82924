-- nom: preavis
-- nature: flux
-- grain: une ligne par pli (departement, arrete, id_pli)
-- objet: préavis d'échéance, simples ou recommandés, dont le délai de retour de 15 jours
--   s'achève dans l'un des 12 mois qui finissent à l'arrêté ; la demande est active ou radiée
--   dans la livraison
-- requiert: plis
with demandes as (
    select
        departement,
        arrete,
        numero_unique,
        guichet_enregistreur
    from stock
    union all
    select
        departement,
        arrete,
        numero_unique,
        guichet_enregistreur
    from radiation
)

select
    plis.id_pli as unite,
    plis.departement,
    coalesce(demandes.guichet_enregistreur, 'INCONNU') as guichet,
    plis.arrete,
    plis.mois,
    plis.date_envoi + 15 as jour,
    plis.numero_unique,
    plis.type_pli,
    plis.date_envoi,
    plis.statut
from plis
inner join demandes
    on
        plis.departement = demandes.departement
        and plis.arrete = demandes.arrete
        and plis.numero_unique = demandes.numero_unique
where
    plis.type_pli in ('PREAVIS_SIMPLE', 'PREAVIS_AR')
    and plis.date_envoi + 15 between date_trunc('month', plis.arrete) - interval 11 month
    and plis.arrete

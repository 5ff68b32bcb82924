-- nom: renouvellements
-- nature: flux
-- grain: une ligne par acte de renouvellement (departement, arrete, id_evenement)
-- objet: renouvellements saisis dans l'un des 12 mois qui finissent à l'arrêté, hors portail
--   grand public (un canal non renseigné n'est pas le portail)
-- requiert: journal, journal.canal
select
    id_evenement as unite,
    departement,
    coalesce(guichet, 'INCONNU') as guichet,
    arrete,
    mois,
    date_saisie as jour,
    numero_unique,
    date_evenement,
    date_saisie,
    date_echeance,
    (date_evenement + interval 1 month)::date as date_limite
from journal
where
    type_evenement = 'REN'
    and canal is distinct from 'PORTAIL'
    and date_saisie between date_trunc('month', arrete) - interval 11 month and arrete

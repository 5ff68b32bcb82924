-- nom: attestations_dues
-- nature: flux
-- grain: une ligne par acte de création (departement, arrete, id_evenement)
-- objet: créations de demandes, hors portail grand public, dont l'attestation est exigible :
--   le plus tardif de la saisie et du terme d'un mois après le dépôt est dans l'un des 12 mois
--   qui finissent à l'arrêté
-- requiert: journal, journal.canal
with creees as (
    select
        *,
        (date_evenement + interval 1 month)::date as date_limite,
        greatest(date_saisie, date_limite) as jour
    from journal
    where
        type_evenement = 'CRE'
        and canal is distinct from 'PORTAIL'
)

select
    id_evenement as unite,
    departement,
    coalesce(guichet, 'INCONNU') as guichet,
    arrete,
    mois,
    jour,
    numero_unique,
    date_evenement,
    date_attestation,
    date_limite
from creees
where jour between date_trunc('month', arrete) - interval 11 month and arrete

-- nom: messages
-- nature: flux
-- grain: une ligne par message (departement, arrete, id_message)
-- objet: messages des systèmes privatifs, hors mises à disposition et retours, dont le délai
--   de correction de 5 jours s'achève dans l'un des 12 mois qui finissent à l'arrêté ; le
--   guichet est privatif au registre
-- requiert: messages, guichets.mode_enregistrement
select
    messages.id_message as unite,
    messages.departement,
    messages.guichet,
    messages.arrete,
    messages.mois,
    messages.date_envoi + 5 as jour,
    messages.numero_unique,
    messages.type_fichier,
    messages.date_envoi,
    messages.statut,
    messages.code_anomalie,
    messages.date_renvoi_ok
from messages
inner join guichets
    on
        messages.departement = guichets.departement
        and messages.arrete = guichets.arrete
        and messages.guichet = guichets.code_guichet
where
    coalesce(messages.type_fichier, '') not in ('DIS', 'RET')
    and guichets.mode_enregistrement = 'PRIVATIF'
    and messages.date_envoi + 5 between date_trunc('month', messages.arrete) - interval 11 month
    and messages.arrete

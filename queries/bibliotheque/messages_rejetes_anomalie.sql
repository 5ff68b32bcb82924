-- titre: Messages rejetés, par code d'anomalie
-- description: Quelles anomalies le SNE renvoie-t-il le plus, et combien de temps mettent les
--   guichets à reprendre leurs messages ?
-- grain: une ligne par code d'anomalie et mois d'envoi
-- parametre duree: {type: entier, libelle: Nombre de mois, defaut: 6, min: 1, max: 16}
-- auteur: infocentre
-- theme: Courriers et messages
-- tags: messages, logiciels, séries
-- synonymes: codes d'erreur, erreurs de transmission, rejets du SNE, anomalies de flux, correction
--   des messages, motifs de rejet, délai de reprise
with rejets as (
    select
        departement,
        guichet,
        code_anomalie,
        date_envoi,
        date_renvoi_ok
    from messages
    where
        statut = 'ANOMALIE'
        and date_envoi
        between date_trunc('month', arrete) - interval ($duree - 1) month and arrete
)

select
    departement as département,
    coalesce(code_anomalie, 'Non renseigné') as code_d_anomalie,
    strftime(date_envoi, '%Y-%m') as mois_d_envoi,
    count(*) as messages_rejetés,
    count(distinct guichet) as guichets_concernés,
    count(*) filter (where date_renvoi_ok is null) as jamais_repris,
    median(date_renvoi_ok - date_envoi) as reprise_médiane_en_jours
from rejets
group by departement, code_anomalie, mois_d_envoi
order by departement asc, mois_d_envoi desc, messages_rejetés desc, code_d_anomalie asc

-- titre: Messages rejetés, par organisme
-- description: Quel logiciel envoie des messages que le SNE rejette ? Messages des systèmes
--   privatifs envoyés dans la période, par organisme (un organisme a un logiciel), hors diffusions
--   et retours (DIS, RET).
-- grain: une ligne par organisme et type de message
-- parametre duree: {type: entier, libelle: Nombre de mois, defaut: 12, min: 1, max: 16}
-- auteur: infocentre
-- theme: Courriers et messages
-- tags: messages, logiciels, organismes
-- synonymes: éditeur de logiciel, système privatif, interface défaillante, erreurs de transmission
--   par bailleur, taux de rejet, flux en erreur, logiciel qui ne marche pas
with envois as (
    select
        departement,
        guichet,
        type_fichier,
        date_envoi,
        date_renvoi_ok,
        statut = 'ANOMALIE' as rejete
    from messages
    where
        type_fichier not in ('DIS', 'RET')
        and date_envoi
        between date_trunc('month', arrete) - interval ($duree - 1) month and arrete
),

guichets as (
    select
        departement,
        guichet,
        organisme,
        min(split_part(nom, ' – ', 1)) over (partition by departement, organisme) as nom
    from registre
    qualify mois = max(mois) over (partition by departement)
)

select
    envois.departement as département,
    coalesce(guichets.nom, envois.guichet, 'Guichet inconnu') as organisme,
    coalesce(codes.libelle, envois.type_fichier) as type_de_message,
    count(*) as messages_envoyés,
    count(*) filter (where envois.rejete) as rejetés,
    rejetés / messages_envoyés as part_rejetés,
    count(*) filter (where envois.rejete and envois.date_renvoi_ok is null) as jamais_repris,
    median(envois.date_renvoi_ok - envois.date_envoi) filter (where envois.rejete)
        as reprise_médiane_en_jours
from envois
left join guichets
    on envois.departement = guichets.departement and envois.guichet = guichets.guichet
left join codes on codes.liste = 'TYPE_FICHIER' and envois.type_fichier = codes.code
group by
    envois.departement,
    coalesce(guichets.nom, envois.guichet, 'Guichet inconnu'),
    coalesce(codes.libelle, envois.type_fichier)
order by envois.departement asc, rejetés desc, messages_envoyés desc, organisme asc

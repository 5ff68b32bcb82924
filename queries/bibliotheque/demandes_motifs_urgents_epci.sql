-- titre: Motifs urgents, par EPCI
-- description: Demandes actives déposées pour violences familiales, procédure d'expulsion, logement
--   indigne ou absence de logement, par EPCI de la première commune souhaitée, avec leur
--   ancienneté. Seul le premier motif est transmis.
-- grain: une ligne par EPCI et motif
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: demandes, motifs, EPCI
-- synonymes: violences conjugales, femmes victimes, expulsion, insalubrité, logement indigne, sans
--   logement, hébergé chez un tiers, motifs d'urgence, péril, situation critique
with urgentes as (
    select
        departement,
        commune_log_recherche,
        motif_demande,
        coalesce(1 in (nb_dalo, nb_menage_prioritaire), false) as prioritaire,
        date_diff('day', date_creation, vue_le) / 30.4375 as anciennete
    from demandes
    where statut = 'active' and motif_demande in ('01', '03', '05', '06')
),

territoires as (
    select
        code,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci
    from communes
    group by code
)

select
    urgentes.departement as département,
    coalesce(territoires.epci, 'Commune inconnue ou sans EPCI') as epci,
    codes.libelle as motif,
    count(*) as demandes,
    count(*) filter (where urgentes.prioritaire) as dont_dalo_ou_prioritaires,
    median(urgentes.anciennete) as ancienneté_médiane_en_mois,
    count(*) filter (where urgentes.anciennete > 12) as depuis_plus_d_un_an
from urgentes
inner join codes on codes.liste = 'MOTIF_DEMANDE' and urgentes.motif_demande = codes.code
left join territoires on urgentes.commune_log_recherche = territoires.code
group by urgentes.departement, territoires.epci, codes.libelle, urgentes.motif_demande
order by urgentes.departement asc, territoires.epci asc, urgentes.motif_demande asc

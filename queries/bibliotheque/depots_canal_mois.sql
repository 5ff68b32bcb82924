-- titre: Dépôts par canal et par mois
-- description: Comment les demandes arrivent-elles : portail, saisie dans l'application nationale,
--   logiciel du guichet ? Créations lues dans le journal des actes, par mois de dépôt.
-- grain: une ligne par mois de dépôt
-- parametre duree: {type: entier, libelle: Nombre de mois, defaut: 12, min: 1, max: 16}
-- auteur: infocentre
-- theme: Dépôts et enregistrement
-- tags: dépôts, portail, séries
-- synonymes: demandes en ligne, internet, portail grand public, demande-logement-social.gouv.fr,
--   papier, cerfa, dématérialisation, d'où viennent les demandes, nouvelles demandes chaque mois,
--   part du numérique
with creations as (
    select
        departement,
        canal,
        date_evenement,
        date_saisie,
        date_diff('month', date_evenement, arrete) as recul,
        $duree as nombre_de_mois
    from journal
    where type_evenement = 'CRE'
)

select
    departement as département,
    strftime(date_evenement, '%Y-%m') as mois_de_dépôt,
    count(*) as dépôts,
    count(*) filter (where canal = 'PORTAIL') as portail,
    count(*) filter (where canal = 'WEB') as saisie_directe,
    count(*) filter (where canal in ('WS', 'FICHIER')) as logiciel_du_guichet,
    count(*) filter (where canal is null) as canal_inconnu,
    portail / dépôts as part_du_portail,
    median(date_saisie - date_evenement) filter (where canal is distinct from 'PORTAIL')
        as délai_médian_de_saisie_en_jours
from creations
where recul between 0 and nombre_de_mois - 1
group by departement, mois_de_dépôt
order by departement asc, mois_de_dépôt asc

-- titre: Calendrier des renouvellements
-- description: Combien de demandes arrivent à échéance chaque mois, pour prévoir les préavis et
--   l'accueil ? Demandes actives, par mois d'échéance (un an après le dépôt ou le dernier
--   renouvellement).
-- grain: une ligne par mois d'échéance
-- parametre guichet: {type: texte, libelle: Guichet, facultatif: true,
--   aide: "code d'un guichet, tous par défaut"}
-- auteur: infocentre
-- theme: Renouvellements et radiations
-- tags: renouvellements, séries
-- synonymes: échéances par mois, prévoir la charge, planning des renouvellements, combien
--   d'échéances chaque mois, prochains mois, anticiper l'accueil
with echeances as (
    select
        departement,
        vue_le as arrete,
        estcreeesitegrandpublic,
        date_renouvellement,
        greatest(date_creation, date_renouvellement) + interval 1 year as echeance
    from demandes
    where
        statut = 'active'
        and ($guichet is null or guichet_enregistreur = upper($guichet))
)

select
    departement as département,
    case
        when echeance <= arrete then 'échues à l''arrêté'
        else strftime(echeance, '%Y-%m')
    end as mois_d_échéance,
    count(*) as demandes,
    count(*) filter (where date_renouvellement is null) as premier_renouvellement,
    count(*) filter (where estcreeesitegrandpublic = 1) as créées_sur_le_portail
from echeances
group by departement, mois_d_échéance
order by departement asc, min(echeance) asc

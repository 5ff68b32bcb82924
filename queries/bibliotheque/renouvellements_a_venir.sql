-- titre: Demandes à renouveler, par guichet
-- description: Demandes actives qui arrivent à échéance dans les jours qui suivent l'arrêté, et
--   celles dont l'échéance est passée sans renouvellement ni radiation. L'échéance est un an après
--   le dépôt ou le dernier renouvellement ; un préavis antérieur à ce dernier ne compte pas.
-- grain: une ligne par guichet
-- parametre jours: {type: entier, libelle: Jours à venir, defaut: 60, min: 1, max: 366}
-- auteur: infocentre
-- theme: Renouvellements et radiations
-- tags: renouvellements, guichets
-- synonymes: demandes qui vont expirer, échéances dépassées, à renouveler bientôt, 60 jours,
--   préavis à envoyer, demandes non renouvelées, date anniversaire
with echeances as (
    select
        departement,
        coalesce(guichet_enregistreur, 'INCONNU') as guichet,
        greatest(date_creation, date_renouvellement) as dernier_acte,
        dernier_acte + interval 1 year as echeance,
        echeance < vue_le as echue,
        echeance between vue_le and vue_le + interval ($jours) day as a_venir,
        coalesce(greatest(date_preavis_simple, date_preavis_ar) >= dernier_acte, false) as preavis
    from demandes
    where statut = 'active'
),

noms as (
    select
        departement,
        guichet,
        nom
    from registre
    qualify mois = max(mois) over (partition by departement)
)

select
    echeances.departement as département,
    echeances.guichet,
    noms.nom as nom_du_guichet,
    count(*) filter (where echeances.echue) as échues,
    count(*) filter (where echeances.a_venir) as à_échéance,
    count(*) filter (where echeances.a_venir and not echeances.preavis) as dont_sans_préavis,
    count(*) as demandes_actives
from echeances
left join noms
    on echeances.departement = noms.departement and echeances.guichet = noms.guichet
group by all
having à_échéance > 0 or échues > 0
order by à_échéance desc, échues desc, echeances.departement asc, echeances.guichet asc

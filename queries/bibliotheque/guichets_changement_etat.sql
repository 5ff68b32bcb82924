-- titre: Guichets dont l'état a changé
-- description: Qui s'est dégradé, qui s'est redressé entre deux mois ? États montrés dans le suivi,
--   un guichet et un indicateur par ligne. Le second mois est le dernier publié par défaut, le
--   premier celui qui est publié avant lui, dans chaque département.
-- grain: une ligne par guichet et indicateur
-- parametre avant: {type: mois, libelle: De, facultatif: true,
--   aide: le mois publié d'avant par défaut}
-- parametre mois: {type: mois, libelle: À, facultatif: true, aide: le dernier mois par défaut}
-- auteur: infocentre
-- theme: Suivre les guichets
-- tags: indicateurs, guichets, suivi
-- synonymes: passés au rouge, sortis du rouge, nouveaux guichets en rouge, entrées et sorties,
--   amélioration, dégradation, évolution depuis le mois dernier, revenus au vert, passés à l'orange
with derniers as (
    select
        departement,
        coalesce($mois, max(mois)) as mois_apres
    from valeurs
    group by departement
),

precedents as (
    select
        derniers.departement,
        derniers.mois_apres,
        max(valeurs.mois) as mois
    from derniers
    left join valeurs
        on derniers.departement = valeurs.departement and derniers.mois_apres > valeurs.mois
    group by derniers.departement, derniers.mois_apres
),

dates as (
    select
        departement,
        mois_apres,
        coalesce($avant, mois) as mois_avant
    from precedents
),

etats (etat, libelle, gravite) as (
    values
    ('a_traiter', 'à traiter', 4),
    ('rouge', 'rouge', 3),
    ('orange', 'orange', 2),
    ('vert', 'vert', 1),
    ('effectif_insuffisant', 'effectif insuffisant', null),
    ('sans_objet', 'sans objet', null)
)

select
    apres.departement as département,
    apres.guichet,
    registre.nom as nom_du_guichet,
    apres.code as indicateur,
    dates.mois_avant as du_mois,
    etats_avant.libelle as état_avant,
    dates.mois_apres as au_mois,
    etats_apres.libelle as état_après,
    case
        when etats_apres.gravite > etats_avant.gravite then 'dégradation'
        when etats_apres.gravite < etats_avant.gravite then 'amélioration'
        else 'mesure apparue ou disparue'
    end as sens
from dates
inner join valeurs as apres
    on
        dates.departement = apres.departement
        and dates.mois_apres = apres.mois
        and apres.niveau = 'guichet'
inner join valeurs as avant
    on
        apres.departement = avant.departement
        and dates.mois_avant = avant.mois
        and avant.niveau = 'guichet'
        and apres.code = avant.code
        and apres.guichet = avant.guichet
inner join etats as etats_avant on avant.etat = etats_avant.etat
inner join etats as etats_apres on apres.etat = etats_apres.etat
left join registre
    on
        apres.departement = registre.departement
        and apres.mois = registre.mois
        and apres.guichet = registre.guichet
where apres.etat <> avant.etat
order by
    apres.departement asc,
    etats_apres.gravite desc nulls last,
    etats_avant.gravite asc nulls last,
    apres.guichet asc,
    apres.code asc

-- titre: Saisonnalité des dépôts
-- description: En quels mois de l'année dépose-t-on ? Dépôts de chaque mois civil, sur plusieurs
--   années, face à la moyenne des 12 mois (indice 1). Une demande est datée par sa date de dépôt,
--   qu'elle soit active ou déjà radiée ; ce qui précède la première livraison est incomplet.
-- grain: une ligne par mois de l'année
-- parametre annees: {type: entier, libelle: Nombre d'années, defaut: 2, min: 1, max: 10,
--   aide: années de 12 mois qui finissent au dernier mois connu}
-- auteur: infocentre
-- theme: Dépôts et enregistrement
-- tags: dépôts, séries
-- synonymes: période de l'année, pic de demandes, été, rentrée, saison, mois les plus chargés,
--   quand les gens déposent
with depots as (
    select
        departement,
        date_creation,
        estcreeesitegrandpublic,
        max(vue_le) over (partition by departement) as arrete,
        date_diff('month', date_creation, arrete) as recul,
        $annees as nombre_d_annees
    from demandes
),

par_mois as (
    select
        departement,
        nombre_d_annees,
        month(date_creation) as rang,
        count(*) as depots,
        count(*) filter (where estcreeesitegrandpublic = 1) as portail,
        count(*) filter (where recul < 12) as derniere_annee
    from depots
    where recul between 0 and 12 * nombre_d_annees - 1
    group by departement, nombre_d_annees, rang
)

select
    departement as département,
    [
        'janvier', 'février', 'mars', 'avril', 'mai', 'juin',
        'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre'
    ][rang] as mois,
    depots as dépôts,
    depots / nombre_d_annees as dépôts_par_an,
    depots / (sum(depots) over (partition by departement) / 12) as indice_saisonnier,
    derniere_annee as dont_12_derniers_mois,
    portail / depots as part_du_portail
from par_mois
order by departement asc, rang asc

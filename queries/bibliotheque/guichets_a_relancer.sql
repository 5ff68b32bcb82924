-- titre: Guichets à relancer d'abord
-- description: Par où commencer ce mois-ci ? Guichets qui ont le plus d'indicateurs « à traiter »
--   ou rouges, et depuis combien de mois sans interruption le plus ancien l'est. Ce qui se corrige
--   est à part des faits passés, à ne plus refaire. Un signalement resté sans effet plusieurs mois
--   appelle une demande formalisée (convention, trois étapes).
-- grain: une ligne par guichet qui a un indicateur à traiter ou rouge
-- parametre type_guichet: {type: liste, libelle: Type de guichet, codes: TYPE_GUICHET,
--   facultatif: true}
-- auteur: infocentre
-- theme: Suivre les guichets
-- tags: indicateurs, guichets, suivi
-- synonymes: priorités du mois, qui appeler, qui va mal, pires guichets, guichets en rouge,
--   guichets en anomalie, mauvais élèves, à contacter, par où commencer, à traiter, qui est en
--   faute
with mesures as (
    select
        departement,
        guichet,
        type_guichet,
        code,
        mois,
        etat,
        etat in ('rouge', 'a_traiter') as mauvais,
        max(mois) over (partition by departement) as dernier,
        max(mois) filter (where etat not in ('rouge', 'a_traiter')) over (
            partition by departement, guichet, code
        ) as dernier_bon
    from valeurs
    where niveau = 'guichet'
),

retenues as (
    select *
    from mesures
    where $type_guichet is null or type_guichet = $type_guichet
),

suites as (
    select
        departement,
        guichet,
        code,
        arg_max(etat, mois) as etat,
        max(dernier) as mois_lu,
        arg_max(mauvais, mois) and max(mois) = mois_lu as present,
        count(*) filter (where mois > coalesce(dernier_bon, '')) as depuis
    from retenues
    group by departement, guichet, code
)

select
    suites.departement as département,
    suites.guichet,
    registre.nom as nom_du_guichet,
    registre.courriel,
    count(*) filter (where suites.etat = 'a_traiter') as à_traiter,
    count(*) filter (where suites.etat = 'rouge') as rouges,
    max(suites.depuis) as depuis_mois_au_plus,
    string_agg(suites.code, ', ' order by suites.depuis desc, suites.code asc) filter (
        where indicateurs.remede is distinct from 'constater'
    ) as à_corriger,
    string_agg(suites.code, ', ' order by suites.depuis desc, suites.code asc) filter (
        where indicateurs.remede = 'constater'
    ) as à_ne_plus_refaire
from suites
left join indicateurs on suites.code = indicateurs.code
left join registre
    on
        suites.departement = registre.departement
        and suites.guichet = registre.guichet
        and suites.mois_lu = registre.mois
where suites.present
group by suites.departement, suites.guichet, registre.nom, registre.courriel
order by
    suites.departement asc,
    à_traiter + rouges desc,
    depuis_mois_au_plus desc,
    suites.guichet asc

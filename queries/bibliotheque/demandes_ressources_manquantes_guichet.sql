-- titre: Ressources manquantes dans les demandes actives, par guichet
-- description: Demandes actives de personnes physiques dont le quartile de ressources est inconnu,
--   ou sans quartile ni montant (règle de CPL_RESSOURCES), avec leur ancienneté : une demande
--   ancienne sans ressources n'a pas été mise à jour à son renouvellement.
-- grain: une ligne par guichet du dernier acte
-- parametre effectif: {type: entier, libelle: Effectif minimal, defaut: 20, min: 1, max: 10000}
-- auteur: infocentre
-- theme: Dépôts et enregistrement
-- tags: qualité, ressources, guichets
-- synonymes: revenu non renseigné, avis d'imposition, revenu fiscal de référence, quartile inconnu,
--   pièces non fournies, dossiers incomplets, sans ressources, mise à jour des revenus
with choix as (select $effectif as effectif_minimal),

actives as (
    select
        departement,
        coalesce(guichet_enregistreur, 'INCONNU') as guichet,
        coalesce(nb_qna = 1, false)
        or (nb_qna is null and revenu_mensuel_foyer is null) as manquantes,
        date_creation + interval 1 year <= vue_le as plus_d_un_an
    from demandes
    where statut = 'active' and type_demandeur = 'PP'
),

guichets as (
    select
        departement,
        guichet,
        nom
    from registre
    qualify mois = max(mois) over (partition by departement)
)

select
    actives.departement as département,
    actives.guichet,
    guichets.nom as nom_du_guichet,
    count(*) as demandes_actives,
    count(*) filter (where actives.manquantes) as ressources_manquantes,
    ressources_manquantes / demandes_actives as part_manquantes,
    count(*) filter (where actives.manquantes and actives.plus_d_un_an)
        as dont_déposées_il_y_a_plus_d_un_an
from actives
cross join choix
left join guichets
    on actives.departement = guichets.departement and actives.guichet = guichets.guichet
group by actives.departement, actives.guichet, guichets.nom, choix.effectif_minimal
having demandes_actives >= choix.effectif_minimal
order by
    actives.departement asc,
    part_manquantes desc,
    demandes_actives desc,
    actives.guichet asc

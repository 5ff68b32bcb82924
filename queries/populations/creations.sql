-- nom: creations
-- nature: flux
-- grain: une ligne par demande (departement, arrete, numero_unique)
-- objet: demandes déposées dans l'un des 12 mois qui finissent à l'arrêté, hors portail
--   grand public, qu'elles soient actives ou déjà radiées ; jugées au jour du dépôt
-- requiert: stock.estcreeesitegrandpublic, radiation.estcreeesitegrandpublic
with demandes as (
    select * from stock
    union all by name
    select * from radiation
),

champs as (
    select
        departement,
        arrete,
        mois,
        numero_unique,
        cle_guichetcreateur,
        date_creation,
        type_demandeur,
        doublon_force,
        date_naiss_demandeur is null as sans_naissance,
        coalesce(sexe_demandeur, 'NONDOC') = 'NONDOC' as sans_sexe,
        coalesce(nationalite_demandeur, 'NONDOC') = 'NONDOC' as sans_nationalite,
        coalesce(situ_familiale_demandeur, 'NONDOC') = 'NONDOC' as sans_situation_familiale,
        coalesce(statut_prof_demandeur, 'NONDOC') = 'NONDOC' as sans_situation_professionnelle,
        taille_menage is null as sans_taille_menage,
        revenu_mensuel_foyer is null as sans_revenu_mensuel,
        coalesce(revenu_fiscal1_foyer, revenu_fiscal2_foyer) is null as sans_revenu_fiscal,
        coalesce(mode_logement_actuel, 'NONDOC') = 'NONDOC' as sans_mode_logement,
        coalesce(commune_log_actuel, 'NONDOC') = 'NONDOC' as sans_commune_actuelle,
        coalesce(motif_demande, 'NONDOC') = 'NONDOC' as sans_motif,
        coalesce(categ_logement_recherche, 'NONDOC') = 'NONDOC' as sans_categorie_recherchee,
        coalesce(type_logement_recherche, 'NONDOC') = 'NONDOC' as sans_typologie_recherchee,
        coalesce(commune_log_recherche, 'NONDOC') = 'NONDOC' as sans_commune_recherchee,
        coalesce(mode_logement_actuel, '') not in ('SD', 'SQUAT', 'CAMCAR') as a_un_logement,
        coalesce(mode_logement_actuel, '') not in (
            'SD', 'SQUAT', 'CAMCAR', 'HOT', 'SH', 'CDEFCM', 'CPE', 'CP', 'LTG', 'POCC'
        ) as a_un_loyer,
        a_un_logement
        and coalesce(categ_logement_actuel, 'NONDOC') = 'NONDOC' as sans_categorie_actuelle,
        a_un_logement
        and coalesce(type_logement_actuel, 'NONDOC') = 'NONDOC' as sans_typologie_actuelle,
        a_un_logement and nbre_habitant_actuel is null as sans_nombre_habitants,
        a_un_loyer and mt_loyer_mensuel_actuel is null as sans_loyer
    from demandes
    where
        date_creation between date_trunc('month', arrete) - interval 11 month and arrete
        and estcreeesitegrandpublic is distinct from 1
)

select
    numero_unique as unite,
    departement,
    coalesce(cle_guichetcreateur, 'INCONNU') as guichet,
    arrete,
    mois,
    date_creation as jour,
    numero_unique,
    date_creation,
    type_demandeur,
    doublon_force,
    exists(
        select 1
        from journal
        where
            journal.departement = champs.departement
            and journal.arrete = champs.arrete
            and journal.numero_unique = champs.numero_unique
            and journal.type_evenement = 'CRS'
    ) as issue_de_separation,
    sans_naissance::int
    + sans_sexe::int
    + sans_nationalite::int
    + sans_situation_familiale::int
    + sans_situation_professionnelle::int
    + sans_taille_menage::int
    + sans_revenu_mensuel::int
    + sans_revenu_fiscal::int
    + sans_mode_logement::int
    + sans_commune_actuelle::int
    + sans_motif::int
    + sans_categorie_recherchee::int
    + sans_typologie_recherchee::int
    + sans_commune_recherchee::int
    + sans_categorie_actuelle::int
    + sans_typologie_actuelle::int
    + sans_nombre_habitants::int
    + sans_loyer::int as nb_champs_non_renseignes,
    concat_ws(
        ', ',
        case when sans_naissance then 'date de naissance' end,
        case when sans_sexe then 'sexe' end,
        case when sans_nationalite then 'nationalité' end,
        case when sans_situation_familiale then 'situation familiale' end,
        case when sans_situation_professionnelle then 'situation professionnelle' end,
        case when sans_taille_menage then 'taille du ménage' end,
        case when sans_revenu_mensuel then 'ressources mensuelles' end,
        case when sans_revenu_fiscal then 'revenu fiscal' end,
        case when sans_mode_logement then 'mode de logement actuel' end,
        case when sans_commune_actuelle then 'commune du logement actuel' end,
        case when sans_categorie_actuelle then 'catégorie du logement actuel' end,
        case when sans_typologie_actuelle then 'typologie du logement actuel' end,
        case when sans_nombre_habitants then 'nombre d''habitants du logement actuel' end,
        case when sans_loyer then 'loyer actuel' end,
        case when sans_motif then 'motif de la demande' end,
        case when sans_categorie_recherchee then 'catégorie du logement recherché' end,
        case when sans_typologie_recherchee then 'typologie recherchée' end,
        case when sans_commune_recherchee then 'commune recherchée' end
    ) as champs_non_renseignes
from champs

-- code: ATT-14
-- titre: Les attributaires face aux demandeurs
-- grain: une ligne par dimension et modalité (departement, mois, dimension, code), et une ligne
--   « Ensemble »
-- objet: demandes actives des personnes physiques et attributions de 12 mois par âge, taille et
--   composition du ménage, situation professionnelle, ressources et logement actuel, et leurs
--   parts
-- sur: archives
-- note: Chaque part est rapportée à l'ensemble de sa colonne, non renseignés compris ; une
--   modalité est mieux servie que les autres quand sa part des attributions dépasse sa part des
--   demandes. Les demandes sont hors associations, les attributions, associations comprises : les
--   quelques-unes qui en ont obtenu une y sont surtout non renseignées. L'âge est celui
--   qui est atteint dans l'année de l'arrêté, pour une demande comme pour une attribution : d'une
--   personne dont le nom est effacé, l'année de naissance seule reste. Attributions des 12 mois
--   qui finissent à l'arrêté, datées par la radiation, lues dans la livraison de ce mois.
-- requiert: stock.date_naiss_demandeur, stock.taille_menage, stock.composition_famille,
--   stock.statut_prof_demandeur, stock.position_plafond, stock.nb_q1, stock.nb_q2, stock.nb_q3,
--   stock.nb_q4, stock.mode_logement_actuel, radiation.date_naiss_demandeur,
--   radiation.taille_menage, radiation.composition_famille, radiation.statut_prof_demandeur,
--   radiation.position_plafond, radiation.nb_q1, radiation.nb_q2, radiation.nb_q3,
--   radiation.nb_q4, radiation.mode_logement_actuel
-- facultatif: stock.age_demandeur_demande, radiation.age_demandeur_demande
with dimensions (dimension, libelle_dimension, rang, liste, classes) as (
    values
    ('age', 'Âge atteint dans l''année', 1, null, tranches_d_age()),
    ('taille', 'Taille du ménage', 2, null, tailles_de_menage()),
    ('composition', 'Composition familiale', 3, 'COMPOSITION_FAMILLE', null),
    ('profession', 'Situation professionnelle', 4, 'STATUT_PROF', null),
    ('plafond', 'Position au plafond de ressources', 5, 'POSITION_PLAFOND', null),
    (
        'quartile',
        'Quartile de ressources',
        6,
        null,
        [
            ['Q1', 'Premier quartile'],
            ['Q2', 'Deuxième quartile'],
            ['Q3', 'Troisième quartile'],
            ['Q4', 'Quatrième quartile'],
            ['NR', 'Non renseigné']
        ]
    ),
    ('logement', 'Logement actuel', 7, 'MODE_LOGEMENT_ACTUEL', null)
),

autres (code, libelle, place) as (
    values ('HL', 'Code hors liste', 97), ('NR', 'Non renseigné', 98)
),

modalites as (
    select
        dimensions.dimension,
        dimensions.libelle_dimension,
        dimensions.rang,
        codes.code,
        codes.libelle,
        place_du_code(dimensions.liste, codes.code) as place
    from dimensions
    inner join codes on dimensions.liste = codes.liste
    union all
    select
        dimensions.dimension,
        dimensions.libelle_dimension,
        dimensions.rang,
        dimensions.classes[places.place][1] as code,
        dimensions.classes[places.place][2] as libelle,
        if(code = 'NR', 98, places.place) as place
    from dimensions
    inner join range(1, 20) as places (place) on places.place <= len(dimensions.classes)
    union all
    select
        dimensions.dimension,
        dimensions.libelle_dimension,
        dimensions.rang,
        autres.code,
        autres.libelle,
        autres.place
    from dimensions
    cross join autres
    where dimensions.liste is not null
    union all
    values ('ensemble', 'Ensemble', 99, '*', 'Ensemble', 99)
),

menages as (
    select
        departement,
        mois,
        1 as demandes,
        0 as attributions,
        tranche_d_age(
            age_au(date_naiss_demandeur, age_demandeur_demande, make_date(year(arrete), 12, 31))
        ) as age,
        classe_de_taille(taille_menage) as taille,
        composition_famille as composition,
        statut_prof_demandeur as profession,
        position_plafond as plafond,
        quartile_de(nb_q1, nb_q2, nb_q3, nb_q4) as quartile,
        mode_logement_actuel as logement
    from stock
    where type_demandeur = 'PP'
    union all
    select
        departement,
        mois,
        0 as demandes,
        1 as attributions,
        tranche_d_age(
            age_au(date_naiss_demandeur, age_demandeur_demande, make_date(year(arrete), 12, 31))
        ) as age,
        classe_de_taille(taille_menage) as taille,
        composition_famille as composition,
        statut_prof_demandeur as profession,
        position_plafond as plafond,
        quartile_de(nb_q1, nb_q2, nb_q3, nb_q4) as quartile,
        mode_logement_actuel as logement
    from radiation
    where
        motif_radiation = 'RADATT'
        and sur_douze_mois(date_radiation, arrete)
),

comptes as (
    select
        departement,
        mois,
        case
            when grouping(age) = 0 then 'age'
            when grouping(taille) = 0 then 'taille'
            when grouping(composition) = 0 then 'composition'
            when grouping(profession) = 0 then 'profession'
            when grouping(plafond) = 0 then 'plafond'
            when grouping(quartile) = 0 then 'quartile'
            when grouping(logement) = 0 then 'logement'
            else 'ensemble'
        end as dimension,
        if(
            dimension = 'ensemble',
            '*',
            coalesce(age, taille, composition, profession, plafond, quartile, logement)
        ) as valeur,
        sum(demandes) as demandes,
        sum(attributions) as attributions
    from menages
    group by grouping sets (
        (departement, mois, age),
        (departement, mois, taille),
        (departement, mois, composition),
        (departement, mois, profession),
        (departement, mois, plafond),
        (departement, mois, quartile),
        (departement, mois, logement),
        (departement, mois)
    )
),

ranges as (
    select
        comptes.departement,
        comptes.mois,
        comptes.dimension,
        modalite_de(modalites.code, comptes.valeur) as code,
        sum(comptes.demandes) as demandes,
        sum(comptes.attributions) as attributions
    from comptes
    left join modalites
        on comptes.dimension = modalites.dimension and comptes.valeur = modalites.code
    group by all
),

ensembles as (
    select
        departement,
        mois,
        demandes,
        attributions
    from ranges
    where dimension = 'ensemble'
)

select
    ensembles.departement,
    ensembles.mois,
    modalites.rang * 100 + modalites.place as ordre,
    modalites.dimension,
    modalites.libelle_dimension,
    modalites.code,
    modalites.libelle,
    coalesce(ranges.demandes, 0)::bigint as demandes,
    coalesce(ranges.attributions, 0)::bigint as attributions,
    ensembles.demandes::bigint as demandes_ensemble,
    ensembles.attributions::bigint as attributions_ensemble,
    coalesce(ranges.demandes, 0) / nullif(ensembles.demandes, 0) as part_demandes,
    coalesce(ranges.attributions, 0) / nullif(ensembles.attributions, 0) as part_attributions
from ensembles
cross join modalites
left join ranges
    on
        ensembles.departement = ranges.departement
        and ensembles.mois = ranges.mois
        and modalites.dimension = ranges.dimension
        and modalites.code = ranges.code
where modalites.code <> 'HL' or ranges.code is not null

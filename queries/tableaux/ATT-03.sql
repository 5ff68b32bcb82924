-- code: ATT-03
-- titre: Typologie recherchée et typologie attribuée
-- grain: une ligne par couple de typologies (departement, mois, code_recherche, code_attribue),
--   avec les lignes « Ensemble » des deux
-- objet: attributions de 12 mois, croisées par typologie recherchée et typologie du logement
--   attribué
-- sur: archives
-- note: La part est rapportée aux attributions de la même typologie recherchée. Les logements
--   attribués de six pièces et plus sont réunis, comme les souhaits. Attributions des 12 mois qui
--   finissent à l'arrêté, datées par la radiation, lues dans la livraison de ce mois.
-- requiert: radiation.type_logement_recherche, radiation.type_logement_attrib
with comptes as (
    select
        departement,
        mois,
        coalesce(nullif(type_logement_recherche, 'NONDOC'), 'NR') as recherche,
        case
            when type_logement_attrib in ('T6', 'T7', 'T8', 'T9P') then 'T6P'
            else coalesce(nullif(type_logement_attrib, 'NONDOC'), 'NR')
        end as attribue,
        count(*) as nombre
    from radiation
    where
        motif_radiation = 'RADATT'
        and sur_douze_mois(date_radiation, arrete)
    group by all
),

typologies (code, libelle) as (
    select
        code,
        libelle
    from codes
    where liste = 'TYPE_LOGEMENT_RECHERCHE'
    union all
    values ('NR', 'Non renseigné'), ('*', 'Ensemble')
),

lignes as (
    select
        departement,
        mois,
        coalesce(recherche, '*') as code_recherche,
        coalesce(attribue, '*') as code_attribue,
        sum(nombre)::bigint as attributions
    from comptes
    group by grouping sets (
        (departement, mois, recherche, attribue),
        (departement, mois, recherche),
        (departement, mois, attribue),
        (departement, mois)
    )
)

select
    lignes.departement,
    lignes.mois,
    row_number() over (
        partition by lignes.departement, lignes.mois
        order by
            lignes.code_recherche = '*',
            lignes.code_recherche = 'NR',
            lignes.code_recherche,
            lignes.code_attribue = '*',
            lignes.code_attribue = 'NR',
            lignes.code_attribue
    ) as ordre,
    lignes.code_recherche,
    coalesce(recherchees.libelle, concat('Code hors liste (', lignes.code_recherche, ')'))
        as libelle_recherche,
    lignes.code_attribue,
    coalesce(attribuees.libelle, concat('Code hors liste (', lignes.code_attribue, ')'))
        as libelle_attribue,
    lignes.attributions,
    max(lignes.attributions) filter (where lignes.code_attribue = '*') over (
        partition by lignes.departement, lignes.mois, lignes.code_recherche
    ) as attributions_du_souhait,
    lignes.attributions / attributions_du_souhait as part_du_souhait
from lignes
left join typologies as recherchees on lignes.code_recherche = recherchees.code
left join typologies as attribuees on lignes.code_attribue = attribuees.code

-- code: DEM-03
-- titre: Demandes au-delà du délai anormalement long
-- grain: une ligne par typologie recherchée (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives des personnes physiques dont l'ancienneté dépasse le délai anormalement
--   long du département
-- sur: archives
-- note: Le délai, en mois, est fixé par le préfet : c'est un réglage, et le tableau reste sans
--   dépassement tant qu'il n'est pas donné. Une demande le dépasse quand sa date de dépôt,
--   augmentée du délai, précède l'arrêté. Chaque part est rapportée aux demandes de la même
--   ligne ; là où ces demandes sont masquées, elle est arrondie à 1 %.
-- requiert: stock.mode_mutation, stock.type_logement_recherche
with delais as (
    select
        departement,
        valeur::int as mois_delai
    from reglages
    where cle = 'delai_anormalement_long'
),

demandes as (
    select
        stock.departement,
        stock.mois,
        coalesce(nullif(stock.type_logement_recherche, 'NONDOC'), 'NR') as typologie,
        coalesce(stock.mode_mutation, 0) <> 1 as hors_mutation,
        delais.mois_delai,
        stock.date_creation + to_months(delais.mois_delai) < stock.arrete as au_dela
    from stock
    left join delais on stock.departement = delais.departement
    where stock.type_demandeur = 'PP'
),

lignes as (
    select
        departement,
        mois,
        coalesce(typologie, '*') as code,
        max(mois_delai) as delai_mois,
        count(*) as demandes,
        count(*) filter (where hors_mutation) as demandes_hors_mutation,
        case
            when count(mois_delai) > 0 then count(*) filter (where au_dela)
        end as au_dela_du_delai,
        case
            when count(mois_delai) > 0 then count(*) filter (where au_dela and hors_mutation)
        end as au_dela_du_delai_hors_mutation
    from demandes
    group by grouping sets ((departement, mois, typologie), (departement, mois))
)

select
    departement,
    mois,
    ordre,
    code,
    libelle,
    delai_mois,
    demandes,
    au_dela_du_delai,
    au_dela_du_delai / nullif(demandes, 0) as part_au_dela,
    demandes_hors_mutation,
    au_dela_du_delai_hors_mutation,
    au_dela_du_delai_hors_mutation / nullif(demandes_hors_mutation, 0)
        as part_au_dela_hors_mutation
from typologies('lignes', 'TYPE_LOGEMENT_RECHERCHE')

-- code: DEM-07
-- titre: Ménages DALO en attente d'un logement
-- grain: une ligne par tranche d'ancienneté (departement, mois, code), et une ligne « Ensemble »
-- objet: demandes actives à l'arrêté des ménages reconnus DALO, par ancienneté depuis le dépôt
-- sur: archives
-- note: La livraison ne date pas la reconnaissance : l'ancienneté va du dépôt de la demande à
--   l'arrêté, et l'attente depuis la reconnaissance est plus courte. « attente_au_moins » cumule
--   les lignes des plus anciennes aux plus récentes : sur la ligne « De 1 an à moins de 2 ans »,
--   les demandes déposées depuis un an et plus. La moyenne et la médiane, en mois (jours divisés
--   par 30,4375), sont sur la ligne « Ensemble ». Associations comprises.
-- requiert: stock.nb_dalo
with demandes as (
    select
        departement,
        mois,
        greatest(arrete - date_creation, 0) / 30.4375 as anciennete,
        case
            when date_creation > arrete - interval 6 month then 'M6'
            when date_creation > arrete - interval 1 year then 'A0'
            when date_creation > arrete - interval 2 year then 'A1'
            when date_creation > arrete - interval 3 year then 'A2'
            else 'P3'
        end as code
    from stock
    where nb_dalo = 1
),

tranches (code, libelle, ordre) as (
    values
    ('M6', 'Moins de 6 mois', 1),
    ('A0', 'De 6 mois à moins de 1 an', 2),
    ('A1', 'De 1 an à moins de 2 ans', 3),
    ('A2', 'De 2 ans à moins de 3 ans', 4),
    ('P3', '3 ans et plus', 5),
    ('*', 'Ensemble', 99)
),

lignes as (
    select
        demandes.departement,
        demandes.mois,
        tranches.ordre,
        tranches.code,
        tranches.libelle,
        count(*) as ensemble,
        count(*) filter (where tranches.code in (demandes.code, '*')) as nombre,
        avg(demandes.anciennete) filter (where tranches.code = '*') as moyenne,
        median(demandes.anciennete) filter (where tranches.code = '*') as mediane
    from demandes
    cross join tranches
    group by all
)

select
    departement,
    mois,
    ordre,
    code,
    libelle,
    nombre as demandes,
    ensemble as demandes_ensemble,
    nombre / nullif(ensemble, 0) as part_demandes,
    case
        when code <> '*' then sum(nombre) filter (where code <> '*') over (
            partition by departement, mois
            order by ordre desc
        )::bigint
    end as attente_au_moins,
    attente_au_moins / nullif(ensemble, 0) as part_attente_au_moins,
    moyenne as anciennete_moyenne_mois,
    mediane as anciennete_mediane_mois
from lignes

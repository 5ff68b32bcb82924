-- code: TAB02-01
-- titre: Série des quatre derniers trimestres
-- grain: une ligne par période vue d'un mois (departement, mois, periode)
-- objet: demandes actives en fin de trimestre, déposées et radiées dans le trimestre, pour les
--   quatre derniers trimestres civils achevés
-- sur: marts
-- note: Les flux d'un trimestre sont lus dans la livraison de son dernier mois. Une période dont
--   le dernier mois n'est pas publié est vide. Les demandes pour une attribution rapportent les
--   demandes actives en fin de période aux attributions des 12 mois qui y finissent ; l'évolution
--   se rapporte aux demandes actives en fin de période précédente.
select *
from serie(
    'tab01_01',
    'trimestre',
    3,
    4,
    date_trunc('quarter', premier_jour + interval 1 month) - interval 1 month,
    strftime(fin, '%Y') || '-T' || quarter(fin),
    concat('T', quarter(fin), ' ', year(fin))
)

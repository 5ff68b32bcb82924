-- code: TAB02-02
-- titre: Série des cinq dernières années
-- grain: une ligne par période vue d'un mois (departement, mois, periode)
-- objet: demandes actives au 31 décembre, déposées et radiées dans l'année, pour les cinq
--   dernières années civiles achevées
-- sur: marts
-- note: Les flux d'une année sont lus dans la livraison de décembre. Une période dont le dernier
--   mois n'est pas publié est vide. Les demandes pour une attribution rapportent les demandes
--   actives en fin de période aux attributions des 12 mois qui y finissent ; l'évolution se
--   rapporte aux demandes actives en fin de période précédente.
select *
from serie(
    'tab01_01',
    '12_mois',
    12,
    5,
    date_trunc('year', premier_jour + interval 1 month) - interval 1 month,
    strftime(fin, '%Y'),
    strftime(fin, '%Y')
)

-- code: TAB02-03
-- titre: Série des douze derniers mois
-- grain: une ligne par période vue d'un mois (departement, mois, periode)
-- objet: demandes actives en fin de mois, déposées et radiées dans le mois, pour les douze
--   derniers mois
-- sur: marts
-- note: Les flux d'un mois sont lus dans sa propre livraison : ce qui est saisi plus tard n'y est
--   pas. Une période dont le dernier mois n'est pas publié est vide. Les demandes pour une
--   attribution rapportent les demandes actives en fin de période aux attributions des 12 mois
--   qui y finissent ; l'évolution se rapporte aux demandes actives en fin de période précédente.
select *
from serie(
    'tab01_01',
    'mois',
    1,
    12,
    premier_jour,
    strftime(fin, '%Y-%m'),
    nom_du_mois(fin)
)

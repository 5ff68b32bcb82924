-- L'objectif fixé pour l'année d'un mois : celui d'un code (un EPCI, un réservataire), sinon celui
-- du département, NULL sans l'un ni l'autre. Ce qui finit par le mois en tient lieu.
-- source : nom de la table des objectifs · suivie : mesure · ici : département · alors : mois
-- sien : le code.
create macro objectif_fixe(source, suivie, ici, alors, sien) as
select coalesce(max(valeur) filter (where code = sien), max(valeur) filter (where code = '*'))
from query_table(source)
where
    mesure = suivie
    and departement = ici
    and annee = left(right(alors, 7), 4)::int;

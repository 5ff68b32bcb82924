-- Le quartile de ressources que disent les quatre indicatrices d'un ménage, « NR » si aucune.
create macro quartile_de(q1, q2, q3, q4) as
coalesce('Q' || list_position([q1, q2, q3, q4], 1), 'NR');

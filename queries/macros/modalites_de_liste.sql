-- Les modalités d'une liste de codes, puis « HL », « NR » et « * », chacune à sa place.
-- rang : la place d'un `code`, nulle pour ceux qui viennent après les autres.
create macro modalites_de_liste(nom_liste, rang) as table
    select
        code,
        libelle,
        coalesce(rang, 90) as ordre
    from codes
    where liste = nom_liste
    union all
    values
    ('HL', 'Code hors liste', 97),
    ('NR', 'Non renseigné', 98),
    ('*', 'Ensemble', 99);

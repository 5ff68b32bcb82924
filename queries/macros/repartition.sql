-- Une table répartie selon les codes d'une de ses colonnes, dans l'ordre de `rang`.
-- source : nom de la table · filtre : condition sur ses lignes · valeur : la colonne ·
-- nom_liste : la liste de ses codes · rang : la place d'un `code` (voir modalites_de_liste).
create macro repartition(source, filtre, valeur, nom_liste, rang) as table
    with comptes_par_code as (
        select
            unites.departement,
            unites.mois,
            modalite_de(codes.code, valeur) as code,
            count(*) as total,
            count(*) filter (where unites.mode_mutation = 1) as mutations
        from query_table(source) as unites
        left join codes
            on codes.liste = nom_liste and valeur = codes.code
        where filtre
        group by all
    ),

    modalites_du_code as (
        select * from modalites_de_liste(nom_liste, rang)
    )

    select * from parts('comptes_par_code', 'modalites_du_code');

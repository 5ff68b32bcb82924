-- Les lignes d'une relation par typologie, avec leur place et le libellé de leur code.
-- source : relation (departement, mois, code, …), « * » et « NR » compris.
create macro typologies(source, nom_liste) as table
    select
        lignes.departement,
        lignes.mois,
        row_number() over (
            partition by lignes.departement, lignes.mois
            order by lignes.code = '*', lignes.code = 'NR', codes.code is null, lignes.code
        ) as ordre,
        lignes.code,
        case lignes.code
            when '*' then 'Ensemble'
            when 'NR' then 'Non renseigné'
            else coalesce(codes.libelle, concat('Code hors liste (', lignes.code, ')'))
        end as libelle,
        lignes.* exclude (departement, mois, code)
    from query_table(source) as lignes
    left join codes on codes.liste = nom_liste and lignes.code = codes.code;

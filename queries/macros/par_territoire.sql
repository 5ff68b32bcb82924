-- Les lignes d'une relation au département, à leur EPCI, à leur commune et, pour Marseille, Lyon et
-- Paris, à leur arrondissement : à grouper par niveau, code et libelle.
-- source : relation (departement, mois, code_commune, …).
create macro par_territoire(source) as table
    with localises as (
        select
            comptes.*,
            coalesce(territoires.epci, 'NR') as epci,
            coalesce(territoires.epci_nom, 'Commune inconnue ou sans EPCI') as epci_nom,
            coalesce(territoires.commune, 'NR') as commune,
            coalesce(meres.nom, 'Commune non renseignée ou inconnue') as commune_nom,
            territoires.code as arrondissement,
            case
                when territoires.code = territoires.commune
                    then concat(territoires.nom, ', arrondissement non précisé')
                else territoires.nom
            end as arrondissement_nom
        from query_table(source) as comptes
        left join territoires() as territoires on comptes.code_commune = territoires.code
        left join territoires() as meres on territoires.commune = meres.code
    ),

    niveaux (niveau, rang_niveau) as (
        values ('departement', 1), ('epci', 2), ('commune', 3), ('arrondissement', 4)
    )

    select
        localises.* exclude (
            code_commune, epci, epci_nom, commune, commune_nom, arrondissement, arrondissement_nom
        ),
        niveaux.niveau,
        niveaux.rang_niveau,
        case niveaux.niveau
            when 'departement' then '*'
            when 'epci' then localises.epci
            when 'commune' then localises.commune
            else localises.arrondissement
        end as code,
        case niveaux.niveau
            when 'departement' then 'Ensemble'
            when 'epci' then localises.epci_nom
            when 'commune' then localises.commune_nom
            else localises.arrondissement_nom
        end as libelle
    from localises
    cross join niveaux
    where niveaux.niveau <> 'arrondissement' or localises.commune in ('13055', '69123', '75056');

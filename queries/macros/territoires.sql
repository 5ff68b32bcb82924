-- Un code de commune ou d'arrondissement par ligne : son EPCI et sa commune.
create macro territoires() as table
    select
        code,
        nom,
        epci,
        epci_nom,
        case
            when code between '13201' and '13216' then '13055'
            when code between '69381' and '69389' then '69123'
            when code between '75101' and '75120' then '75056'
            else code
        end as commune
    from communes;

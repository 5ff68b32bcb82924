-- Un code de commune ou d'arrondissement par ligne : son EPCI et sa commune, celle d'aujourd'hui si
-- le code est aussi celui d'une ancienne.
create macro territoires() as table
    select
        code,
        arg_min(nom, (type <> 'commune-actuelle')::int) as nom,
        arg_min(epci, (type <> 'commune-actuelle')::int) as epci,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci_nom,
        case
            when code between '13201' and '13216' then '13055'
            when code between '69381' and '69389' then '69123'
            when code between '75101' and '75120' then '75056'
            else code
        end as commune
    from communes
    group by code;

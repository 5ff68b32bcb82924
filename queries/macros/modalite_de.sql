-- La modalité d'une valeur : son code dans la liste, « NR » non renseignée, « HL » hors liste.
create macro modalite_de(code_trouve, valeur) as
case
    when code_trouve is not null then code_trouve
    when coalesce(valeur, 'NONDOC') = 'NONDOC' then 'NR'
    else 'HL'
end;

-- La taille d'un ménage : un code de tailles_de_menage().
create macro classe_de_taille(taille) as
case
    when taille is null or taille < 1 then 'NR'
    when taille >= 6 then '6P'
    else taille::varchar
end;

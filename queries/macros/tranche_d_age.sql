-- La tranche d'un âge : un code de tranches_d_age().
create macro tranche_d_age(age) as
case
    when age is null then 'NR'
    when age < 25 then 'M25'
    when age < 30 then 'A25_29'
    when age < 40 then 'A30_39'
    when age < 50 then 'A40_49'
    when age < 60 then 'A50_59'
    when age < 65 then 'A60_64'
    when age < 75 then 'A65_74'
    else 'P75'
end;

-- L'âge révolu à un jour d'après la naissance ; à défaut, celui qui a été déclaré. Nul si la
-- naissance est après ce jour, ou l'âge hors de 0 à 120 ans.
create macro age_au(naissance, declare_a_la_demande, jour) as
case
    when naissance > jour then null
    when
        coalesce(date_sub('year', naissance, jour), declare_a_la_demande) between 0 and 120
        then coalesce(date_sub('year', naissance, jour), declare_a_la_demande)
end;

-- titre: Taille du ménage et typologie recherchée
-- description: Les ménages demandent-ils la taille qui leur convient ? Demandes actives de
--   personnes physiques par nombre de personnes à loger et typologie recherchée.
-- grain: une ligne par taille de ménage
-- parametre mutations: {type: liste, libelle: Demandes, defaut: toutes,
--   valeurs: {toutes: Toutes, hors_mutation: Hors mutation, mutations: Mutations}}
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: demandes, typologie, ménages
-- synonymes: composition familiale, nombre de personnes à loger, familles nombreuses, personnes
--   seules, grands logements, petits logements, adéquation taille du ménage et logement,
--   suroccupation, T1 T2 T3 T4 T5
with actives as (
    select
        departement,
        case when taille_menage > 6 then 6 else taille_menage end as taille,
        type_logement_recherche as typologie
    from demandes
    where
        statut = 'active'
        and type_demandeur = 'PP'
        and case $mutations
            when 'mutations' then mode_mutation is not distinct from 1
            when 'hors_mutation' then mode_mutation is distinct from 1
            else true
        end
)

select
    departement as département,
    case
        when taille is null then 'Non renseignée'
        when taille = 6 then '6 personnes et plus'
        when taille = 1 then '1 personne'
        else concat(taille, ' personnes')
    end as personnes_à_loger,
    count(*) as demandes,
    count(*) filter (where typologie in ('C', 'T1')) as chambre_ou_t1,
    count(*) filter (where typologie = 'T2') as t2,
    count(*) filter (where typologie = 'T3') as t3,
    count(*) filter (where typologie = 'T4') as t4,
    count(*) filter (where typologie in ('T5', 'T6P')) as t5_et_plus,
    count(*) filter (
        where coalesce(typologie, 'NONDOC') not in ('C', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6P')
    ) as non_renseignée
from actives
group by departement, taille
order by departement asc, taille asc nulls last

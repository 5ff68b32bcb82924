-- titre: Mutations dans les attributions, par bailleur
-- description: Quelle part des attributions va à des ménages déjà locataires du parc social, et
--   avec quel délai ? Attributions des 12 mois qui finissent au mois choisi.
-- grain: une ligne par bailleur
-- parametre mois: {type: mois, libelle: Dernier des 12 mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, mutations, bailleurs
-- synonymes: part des mutations, locataires relogés dans le parc social, déjà locataires HLM,
--   mutations internes, changement de logement accordé
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval 11 month as debut
    from demandes
    group by departement
),

bailleurs as (
    select
        departement,
        organisme,
        min(split_part(nom, ' – ', 1)) as bailleur
    from registre
    where type_guichet = 'BAILLEUR'
    group by departement, organisme
),

attributions as (
    select
        departement,
        siren_radiation,
        date_radiation,
        coalesce(mode_mutation = 1, false) as mutation,
        coalesce(delai_attribution, date_signature_bail - date_creation) as jours,
        case when jours >= 0 then jours / 30.4375 end as delai
    from demandes
    where motif_radiation = 'RADATT'
)

select
    attributions.departement as département,
    coalesce(bailleurs.bailleur, attributions.siren_radiation, 'Bailleur non renseigné')
        as bailleur,
    count(*) as attributions,
    count(*) filter (where attributions.mutation) as mutations,
    mutations / count(*) as part_mutations,
    median(attributions.delai) filter (where attributions.mutation)
        as délai_médian_mutations_en_mois,
    median(attributions.delai) filter (where not attributions.mutation)
        as délai_médian_hors_mutation_en_mois
from attributions
inner join periode
    on
        attributions.departement = periode.departement
        and attributions.date_radiation between periode.debut and periode.fin
left join bailleurs
    on
        attributions.departement = bailleurs.departement
        and attributions.siren_radiation = bailleurs.organisme
group by attributions.departement, bailleurs.bailleur, attributions.siren_radiation
order by attributions.departement asc, count(*) desc, bailleur asc

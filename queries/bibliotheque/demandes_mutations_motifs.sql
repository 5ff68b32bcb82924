-- titre: Demandes de mutation, par motif
-- description: Pourquoi les locataires du parc social demandent-ils à bouger ? Demandes actives de
--   mutation selon leur premier motif, avec l'ancienneté et ce qui a été attribué en 12 mois.
-- grain: une ligne par motif
-- auteur: infocentre
-- theme: Les demandes en cours
-- tags: mutations, demandes, motifs
-- synonymes: pourquoi changer de logement, locataires HLM qui veulent déménager, logement trop
--   petit ou trop grand, suroccupation, sous-occupation, raison des mutations, changement de
--   logement, problème de voisinage
with mutations as (
    select
        departement,
        statut,
        coalesce(motif_demande, 'NR') as motif,
        date_diff('day', date_creation, vue_le) / 30.4375 as anciennete,
        coalesce(
            motif_radiation = 'RADATT'
            and date_radiation >= date_trunc('month', max(vue_le) over (partition by departement))
            - interval 11 month,
            false
        ) as attribuee
    from demandes
    where mode_mutation = 1
)

select
    mutations.departement as département,
    coalesce(codes.libelle, 'Non renseigné') as motif,
    count(*) filter (where mutations.statut = 'active') as demandes_de_mutation,
    demandes_de_mutation / sum(demandes_de_mutation) over (partition by mutations.departement)
        as part_des_mutations,
    median(mutations.anciennete) filter (where mutations.statut = 'active')
        as ancienneté_médiane_en_mois,
    count(*) filter (where mutations.attribuee) as attributions_12_mois,
    demandes_de_mutation / nullif(attributions_12_mois, 0) as demandes_pour_une_attribution
from mutations
left join codes on codes.liste = 'MOTIF_DEMANDE' and mutations.motif = codes.code
group by mutations.departement, codes.libelle
order by mutations.departement asc, demandes_de_mutation desc, motif asc

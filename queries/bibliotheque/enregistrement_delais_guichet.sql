-- titre: Délais d'enregistrement, par guichet
-- description: Combien de jours entre le dépôt déclaré et la saisie ? Au-delà d'un mois,
--   l'attestation ne peut plus être à l'heure (CCH L.441-2-1). Créations hors portail saisies dans
--   la période.
-- grain: une ligne par guichet
-- parametre duree: {type: entier, libelle: Nombre de mois, defaut: 12, min: 1, max: 16}
-- auteur: infocentre
-- theme: Dépôts et enregistrement
-- tags: enregistrement, délais, guichets
-- synonymes: délai de saisie, saisir trop tard, attestation d'enregistrement, un mois pour
--   enregistrer, demandes papier en attente de saisie, temps de traitement, retard d'enregistrement
with creations as (
    select
        departement,
        guichet,
        date_saisie - date_evenement as jours,
        date_saisie > date_evenement + interval 1 month as hors_delai,
        date_attestation is null as sans_attestation
    from journal
    where
        type_evenement = 'CRE'
        and canal is distinct from 'PORTAIL'
        and date_saisie
        between date_trunc('month', arrete) - interval ($duree - 1) month and arrete
),

guichets as (
    select
        departement,
        guichet,
        nom
    from registre
    qualify mois = max(mois) over (partition by departement)
)

select
    creations.departement as département,
    coalesce(creations.guichet, 'INCONNU') as guichet,
    guichets.nom as nom_du_guichet,
    count(*) as demandes_saisies,
    median(creations.jours) as délai_médian_en_jours,
    quantile_disc(creations.jours, 0.9) as neuf_sur_dix_en_jours,
    count(*) filter (where creations.hors_delai) as au_delà_d_un_mois,
    au_delà_d_un_mois / demandes_saisies as part_au_delà,
    count(*) filter (where creations.sans_attestation) as sans_attestation
from creations
left join guichets
    on creations.departement = guichets.departement and creations.guichet = guichets.guichet
group by creations.departement, creations.guichet, guichets.nom
order by
    creations.departement asc,
    part_au_delà desc,
    demandes_saisies desc,
    creations.guichet asc

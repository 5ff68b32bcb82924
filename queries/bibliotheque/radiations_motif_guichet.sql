-- titre: Radiations par motif et par guichet
-- description: Radiations des mois qui finissent au mois choisi, par guichet qui a radié. Une part
--   d'abandons ou d'irrecevabilités loin de celle des autres est à regarder sur pièces.
-- grain: une ligne par guichet
-- parametre duree: {type: entier, libelle: Nombre de mois, defaut: 12, min: 1, max: 36}
-- parametre mois: {type: mois, libelle: Dernier mois, facultatif: true,
--   aide: le dernier mois connu par défaut}
-- auteur: infocentre
-- theme: Renouvellements et radiations
-- tags: radiations, guichets
-- synonymes: abandon, irrecevabilité, non-renouvellement, non-réponse, renonciation, motifs de
--   radiation, raisons de sortie, demandes supprimées, qui radie, causes de radiation
with periode as (
    select
        departement,
        coalesce(last_day(($mois || '-01')::date), max(vue_le)) as fin,
        date_trunc('month', fin) - interval ($duree - 1) month as debut
    from demandes
    group by departement
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
    demandes.departement as département,
    coalesce(demandes.guichet_enregistreur, 'INCONNU') as guichet,
    guichets.nom as nom_du_guichet,
    count(*) as radiations,
    count(*) filter (where demandes.motif_radiation = 'RADATT') as attributions,
    count(*) filter (where demandes.motif_radiation = 'RADREN') as non_renouvellements,
    count(*) filter (where demandes.motif_radiation = 'RADABA') as abandons,
    count(*) filter (where demandes.motif_radiation = 'RADIRR') as irrecevabilités,
    count(*) filter (where demandes.motif_radiation = 'RADCON') as impossibilités_de_contacter,
    count(*) filter (where demandes.motif_radiation = 'RADFUS') as fusions,
    attributions / radiations as part_attributions
from demandes
inner join periode
    on
        demandes.departement = periode.departement
        and demandes.date_radiation between periode.debut and periode.fin
left join guichets
    on
        demandes.departement = guichets.departement
        and demandes.guichet_enregistreur = guichets.guichet
group by demandes.departement, demandes.guichet_enregistreur, guichets.nom
order by
    demandes.departement asc,
    radiations desc,
    demandes.guichet_enregistreur asc

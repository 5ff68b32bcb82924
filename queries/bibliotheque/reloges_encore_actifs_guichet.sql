-- titre: Ménages relogés dont une demande reste active, par guichet
-- description: Ménages qui ont obtenu un logement et dont une autre demande reste active
--   (indicateur DBL_RELOGE), et doublons actifs (DBL_ACTIF), au dernier mois et six mois plus tôt.
--   Les noms ne sont pas dans le fichier des analystes : la liste est dans les pages de
--   l'indicateur.
-- grain: une ligne par guichet créateur concerné
-- parametre mois: {type: mois, libelle: Mois, facultatif: true, aide: le dernier mois par défaut}
-- auteur: infocentre
-- theme: Renouvellements et radiations
-- tags: doublons, guichets
-- synonymes: déjà logés mais toujours demandeurs, demande encore active après attribution,
--   relogement non radié, doublons actifs, demandes fantômes, demandes à radier
with dates as (
    select
        departement,
        coalesce($mois, max(mois)) as mois,
        strftime((coalesce($mois, max(mois)) || '-01')::date - interval 6 month, '%Y-%m') as avant
    from valeurs
    group by departement
),

comptes as (
    select
        valeurs.departement,
        valeurs.guichet,
        dates.mois,
        sum(valeurs.numerateur) filter (
            where valeurs.code = 'DBL_RELOGE' and valeurs.mois = dates.mois
        ) as reloges,
        sum(valeurs.numerateur) filter (
            where valeurs.code = 'DBL_RELOGE' and valeurs.mois = dates.avant
        ) as reloges_avant,
        sum(valeurs.numerateur) filter (
            where valeurs.code = 'DBL_ACTIF' and valeurs.mois = dates.mois
        ) as doublons,
        sum(valeurs.denominateur) filter (
            where valeurs.code = 'DBL_RELOGE' and valeurs.mois = dates.mois
        ) as effectif
    from valeurs
    inner join dates
        on
            valeurs.departement = dates.departement
            and valeurs.mois in (dates.mois, dates.avant)
    where valeurs.niveau = 'guichet' and valeurs.code in ('DBL_RELOGE', 'DBL_ACTIF')
    group by valeurs.departement, valeurs.guichet, dates.mois
)

select
    comptes.departement as département,
    comptes.guichet,
    registre.nom as nom_du_guichet,
    coalesce(comptes.reloges, 0)::bigint as relogés_encore_actifs,
    coalesce(comptes.reloges_avant, 0)::bigint as six_mois_plus_tôt,
    coalesce(comptes.doublons, 0)::bigint as doublons_actifs,
    comptes.effectif::bigint as demandes_actives,
    comptes.reloges / nullif(comptes.effectif, 0) as part_relogés
from comptes
left join registre
    on
        comptes.departement = registre.departement
        and comptes.mois = registre.mois
        and comptes.guichet = registre.guichet
where comptes.reloges > 0 or comptes.doublons > 0
order by
    comptes.departement asc,
    relogés_encore_actifs desc,
    doublons_actifs desc,
    comptes.guichet asc

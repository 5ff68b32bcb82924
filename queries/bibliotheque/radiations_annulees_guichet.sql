-- titre: Radiations annulées, par guichet
-- description: Qui radie puis remet en vigueur ? Radiations du journal suivies d'une déradiation de
--   la même demande dans les jours qui suivent. Les radiations trop récentes pour être jugées ne
--   sont pas comptées.
-- grain: une ligne par guichet qui a radié
-- parametre jours: {type: entier, libelle: Jours après la radiation, defaut: 92, min: 1, max: 366}
-- auteur: infocentre
-- theme: Renouvellements et radiations
-- tags: radiations, guichets, qualité
-- synonymes: déradiation, radiées par erreur, radiation à tort, réactivation, demande remise en
--   vigueur, annulation de radiation, rétablir une demande
with jugees as (
    select
        departement,
        numero_unique,
        guichet,
        date_evenement,
        date_evenement + interval ($jours) day as fin
    from journal
    where type_evenement = 'RAD' and date_evenement + interval ($jours) day <= arrete
),

guichets as (
    select
        departement,
        guichet,
        nom
    from registre
    qualify mois = max(mois) over (partition by departement)
),

annulations as (
    select
        jugees.*,
        exists(
            select 1
            from journal as deradiations
            where
                deradiations.type_evenement = 'DERAD'
                and deradiations.departement = jugees.departement
                and deradiations.numero_unique = jugees.numero_unique
                and deradiations.date_evenement between jugees.date_evenement and jugees.fin
        ) as annulee
    from jugees
)

select
    annulations.departement as département,
    coalesce(annulations.guichet, 'INCONNU') as guichet,
    guichets.nom as nom_du_guichet,
    count(*) as radiations,
    count(*) filter (where annulations.annulee) as annulées,
    annulées / radiations as part_annulées
from annulations
left join guichets
    on
        annulations.departement = guichets.departement
        and annulations.guichet = guichets.guichet
group by annulations.departement, annulations.guichet, guichets.nom
having annulées > 0
order by
    annulations.departement asc,
    annulées desc,
    part_annulées desc,
    annulations.guichet asc

-- code: ATT-02
-- titre: Délais d'attribution par typologie
-- grain: une ligne par typologie du logement attribué (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: délai, en mois, entre le dépôt de la demande et son attribution, pour les attributions
--   de 12 mois
-- sur: archives
-- note: Délai transmis par le SNE (DELAI_ATTRIBUTION, en jours) ; à défaut, de la date de dépôt à
--   la signature du bail. Jours divisés par 30,4375. Un délai négatif est inconnu. La moyenne et
--   la médiane portent sur « delais_connus ». Attributions des 12 mois qui finissent à l'arrêté,
--   datées par la radiation, lues dans la livraison de ce mois.
-- requiert: radiation.mode_mutation, radiation.type_logement_attrib
-- facultatif: radiation.delai_attribution, radiation.date_signature_bail
with attributions as (
    select
        departement,
        mois,
        coalesce(nullif(type_logement_attrib, 'NONDOC'), 'NR') as typologie,
        coalesce(mode_mutation, 0) <> 1 as hors_mutation,
        coalesce(delai_attribution, date_signature_bail - date_creation) as jours_bruts,
        case when jours_bruts >= 0 then jours_bruts / 30.4375 end as delai_mois
    from radiation
    where
        motif_radiation = 'RADATT'
        and sur_douze_mois(date_radiation, arrete)
),

lignes as (
    select
        departement,
        mois,
        coalesce(typologie, '*') as code,
        count(*) as attributions,
        count(delai_mois) as delais_connus,
        avg(delai_mois) as delai_moyen_mois,
        median(delai_mois) as delai_median_mois,
        count(*) filter (where hors_mutation) as attributions_hors_mutation,
        count(delai_mois) filter (where hors_mutation) as delais_connus_hors_mutation,
        avg(delai_mois) filter (where hors_mutation) as delai_moyen_hors_mutation_mois,
        median(delai_mois) filter (where hors_mutation) as delai_median_hors_mutation_mois
    from attributions
    group by grouping sets ((departement, mois, typologie), (departement, mois))
)

select * from typologies('lignes', 'TYPE_LOGEMENT_ATTRIB')

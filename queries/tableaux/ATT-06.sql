-- code: ATT-06
-- titre: Attributions hors QPV aux ménages du premier quartile ou relogés (Égalité et
--   citoyenneté)
-- grain: une ligne par EPCI du logement attribué (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: attributions de 12 mois suivies d'un bail, hors QPV, par EPCI du logement : part du
--   premier quartile et des relogements ANRU
-- sur: archives
-- note: Deux parts : l'une compte un revenu inconnu comme un non, l'autre laisse de côté les
--   ménages dont la réponse est inconnue. Tant que les EPCI concernés ne sont pas réglés, tous
--   sont montrés. Le zonage est celui que porte la livraison : QPV, génération 2024.
-- requiert: radiation.date_signature_bail, radiation.nb_hqpv, radiation.nb_q1, radiation.nb_q2,
--   radiation.nb_q3, radiation.nb_q4, radiation.estanru, radiation.commune_logement_attrib
with territoires as (
    select
        code,
        arg_min(epci, (type <> 'commune-actuelle')::int) as epci,
        arg_min(epci_nom, (type <> 'commune-actuelle')::int) as epci_nom
    from communes
    group by code
),

concernes as (
    select
        objet as epci,
        valeur as objectif
    from reglages
    where cle = 'lec_epci'
),

comptes as (
    select
        radiation.departement,
        radiation.mois,
        coalesce(territoires.epci, 'NR') as code,
        coalesce(territoires.epci_nom, 'Commune inconnue ou sans EPCI') as libelle,
        coalesce(radiation.nb_q1 = 1 or radiation.estanru = 1, false) as comptee,
        comptee
        or coalesce(
            1 in (radiation.nb_q1, radiation.nb_q2, radiation.nb_q3, radiation.nb_q4), false
        ) as revenu_connu,
        count(*) as nombre
    from radiation
    left join territoires on radiation.commune_logement_attrib = territoires.code
    where
        radiation.motif_radiation = 'RADATT'
        and radiation.date_radiation
        between date_trunc('month', radiation.arrete) - interval 11 month and radiation.arrete
        and radiation.date_signature_bail is not null
        and radiation.nb_hqpv = 1
        and (
            not exists (select 1 from concernes)
            or territoires.epci in (select concernes.epci from concernes)
        )
    group by all
),

lignes as (
    select * from comptes
    union all
    select * replace ('*' as code, 'Ensemble' as libelle)
    from comptes
),

sommes as (
    select
        departement,
        mois,
        code,
        libelle,
        sum(nombre)::bigint as attributions_hors_qpv,
        coalesce(sum(nombre) filter (where comptee), 0)::bigint as premier_quartile_ou_anru,
        coalesce(sum(nombre) filter (where revenu_connu), 0)::bigint
            as attributions_hors_qpv_revenu_connu
    from lignes
    group by all
)

select
    sommes.departement,
    sommes.mois,
    row_number() over (
        partition by sommes.departement, sommes.mois
        order by sommes.code = '*', sommes.code = 'NR', sommes.code
    ) as ordre,
    sommes.code,
    sommes.libelle,
    sommes.premier_quartile_ou_anru,
    sommes.attributions_hors_qpv,
    sommes.premier_quartile_ou_anru / sommes.attributions_hors_qpv as part_du_total,
    sommes.attributions_hors_qpv_revenu_connu,
    sommes.premier_quartile_ou_anru / nullif(sommes.attributions_hors_qpv_revenu_connu, 0)
        as part_revenu_connu,
    coalesce(concernes.objectif, objectifs.valeur) as objectif
from sommes
left join concernes on sommes.code = concernes.epci
left join reglages as objectifs on objectifs.cle = 'lec_objectif'

-- code: ATT-06
-- titre: Attributions hors QPV aux ménages du premier quartile ou relogés (Égalité et
--   citoyenneté)
-- grain: une ligne par EPCI du logement attribué (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: attributions de 12 mois suivies d'un bail, hors QPV, par EPCI du logement : part du
--   premier quartile et des relogements ANRU
-- sur: archives
-- note: Deux parts : l'une compte un revenu inconnu comme un non, l'autre laisse de côté les
--   ménages dont la réponse est inconnue. Si des EPCI concernés sont réglés, les autres
--   n'ont pas d'objectif. Un objectif fixé pour l'année passe avant les réglages. Le zonage
--   est celui que porte la livraison : QPV, génération 2024.
-- requiert: radiation.date_signature_bail, radiation.nb_hqpv, radiation.nb_q1, radiation.nb_q2,
--   radiation.nb_q3, radiation.nb_q4, radiation.estanru, radiation.commune_logement_attrib
with regles as (
    select *
    from reglages
    where cle = 'lec_epci'
),

sommes as (
    select *
    from mixite(
        'radiation',
        nb_hqpv = 1,
        nb_q1 = 1 or estanru = 1
    )
)

select
    sommes.departement,
    sommes.mois,
    sommes.ordre,
    sommes.code,
    sommes.libelle,
    sommes.comptees as premier_quartile_ou_anru,
    sommes.attributions as attributions_hors_qpv,
    sommes.part_du_total,
    sommes.attributions_revenu_connu as attributions_hors_qpv_revenu_connu,
    sommes.part_revenu_connu,
    coalesce(
        objectif_fixe(
            'objectifs', 'mixite_hors_qpv', sommes.departement, sommes.mois, sommes.code
        ),
        regles.valeur,
        if(sommes.code = '*' or not exists (from regles), tous.valeur, null)
    ) as objectif
from sommes
left join regles on sommes.code = regles.objet
left join reglages as tous on tous.cle = 'lec_objectif'

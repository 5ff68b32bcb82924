-- code: ATT-07
-- titre: Attributions en QPV aux ménages des trois quartiles supérieurs (Égalité et citoyenneté)
-- grain: une ligne par EPCI du logement attribué (departement, mois, code), et une ligne
--   « Ensemble »
-- objet: attributions de 12 mois suivies d'un bail, en QPV, par EPCI du logement : part des
--   quartiles 2 à 4
-- sur: archives
-- note: Deux parts : l'une compte un revenu inconnu comme un non, l'autre laisse de côté les
--   ménages dont la réponse est inconnue. Si des EPCI concernés sont réglés, les autres
--   n'ont pas d'objectif. Un objectif fixé pour l'année passe avant les réglages. Le zonage
--   est celui que porte la livraison : QPV, génération 2024.
-- requiert: radiation.date_signature_bail, radiation.nb_qpv, radiation.nb_q1, radiation.nb_q2,
--   radiation.nb_q3, radiation.nb_q4, radiation.commune_logement_attrib
with regles as (
    select *
    from reglages
    where cle = 'lec_epci'
),

sommes as (
    select *
    from mixite(
        'radiation',
        nb_qpv = 1,
        1 in (nb_q2, nb_q3, nb_q4)
    )
)

select
    sommes.departement,
    sommes.mois,
    sommes.ordre,
    sommes.code,
    sommes.libelle,
    sommes.comptees as quartiles_2_a_4,
    sommes.attributions as attributions_en_qpv,
    sommes.part_du_total,
    sommes.attributions_revenu_connu as attributions_en_qpv_revenu_connu,
    sommes.part_revenu_connu,
    coalesce(
        objectif_fixe(
            'objectifs', 'mixite_en_qpv', sommes.departement, sommes.mois, sommes.code
        ),
        if(
            sommes.code = '*' or regles.objet is not null or not exists (from regles),
            tous.valeur,
            null
        )
    ) as objectif
from sommes
left join regles on sommes.code = regles.objet
left join reglages as tous on tous.cle = 'lec_qpv_objectif'

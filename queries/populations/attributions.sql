-- nom: attributions
-- nature: flux
-- grain: une ligne par demande radiée pour attribution (departement, arrete, numero_unique)
-- objet: radiations pour attribution d'un logement prononcées dans l'un des 12 mois
--   qui finissent à l'arrêté
-- requiert:
select
    radiation.numero_unique as unite,
    radiation.departement,
    coalesce(radiation.guichet_enregistreur, 'INCONNU') as guichet,
    radiation.arrete,
    radiation.mois,
    radiation.date_radiation as jour,
    radiation.numero_unique,
    radiation.type_demandeur,
    radiation.date_creation,
    radiation.date_radiation,
    radiation.date_signature_bail,
    radiation.numerorpls,
    radiation.cle_etat_rpls,
    radiation.adresse_logement_attrib,
    radiation.commune_logement_attrib,
    radiation.type_logement_attrib,
    radiation.surface,
    radiation.type_reservataire,
    radiation.attribue_dalo,
    radiation.nb_dalo,
    radiation.nb_qpv,
    radiation.nb_hqpv,
    radiation.nb_qpvna,
    radiation.nb_qna,
    radiation.siren_radiation,
    guichets.type_guichet,
    date_diff('day', radiation.date_signature_bail, radiation.date_radiation) as jours_apres_bail,
    coalesce(regexp_full_match(radiation.numerorpls, '[0-9A-Za-z]{10}'), false) as rpls_bien_forme,
    case
        when radiation.numerorpls is null then 'absent'
        else concat('mal formé (', length(radiation.numerorpls), ' caractères)')
    end as defaut_rpls,
    exists(
        select 1
        from communes
        where communes.code = radiation.commune_logement_attrib
    ) as commune_officielle,
    radiation.commune_logement_attrib in ('13055', '69123', '75056') as commune_a_arrondissements,
    case
        when radiation.commune_logement_attrib is null
            then 'commune du logement attribué non renseignée'
        when commune_a_arrondissements
            then concat(
                'commune ', radiation.commune_logement_attrib,
                ' sans précision de l''arrondissement municipal'
            )
        else concat(
            'commune ', radiation.commune_logement_attrib,
            ' absente du Code officiel géographique'
        )
    end as defaut_commune,
    coalesce(radiation.nb_dalo = 1, false) as menage_dalo,
    concat_ws(
        ', ',
        case
            when radiation.surface is null then 'surface non renseignée'
            when radiation.surface < 9 or radiation.surface > 200
                then concat(
                    'surface de ', replace(format('{:.10g}', radiation.surface), '.', ','),
                    ' m², hors de 9 à 200 m²'
                )
        end,
        case when radiation.type_logement_attrib is null then 'typologie non renseignée' end
    ) as defaut_surface_typologie
from radiation
left join guichets
    on
        radiation.departement = guichets.departement
        and radiation.arrete = guichets.arrete
        and radiation.guichet_enregistreur = guichets.code_guichet
where
    radiation.motif_radiation = 'RADATT'
    and radiation.date_radiation between date_trunc('month', radiation.arrete) - interval 11 month
    and radiation.arrete

-- titre: Bilan annuel des attributions par réservataire
-- description: De quoi remplir le bilan que chaque bailleur doit à ses réservataires avant le 28
--   février (gestion en flux, CCH R.441-5). Attributions d'une année civile, datées par la
--   radiation. Le financement, la période de construction et les logements proposés ne sont pas
--   dans les livraisons du SNE. Effectifs entiers, à ne donner qu'à qui ils concernent.
-- grain: une ligne par réservataire, bailleur, typologie, situation au regard des QPV et commune
-- parametre annee: {type: entier, libelle: Année, facultatif: true, min: 2000, max: 2100,
--   aide: la dernière année civile achevée par défaut}
-- auteur: infocentre
-- theme: Les attributions
-- tags: attributions, réservataires, bailleurs, typologie, QPV, communes
-- synonymes: gestion en flux, convention de réservation, rendre compte aux réservataires, bilan du
--   bailleur, Action Logement, collectivités, préfecture, 28 février
with annees as (
    select
        departement,
        coalesce($annee, year(max(vue_le) + 1) - 1) as annee
    from demandes
    group by departement
),

bailleurs as (
    select
        departement,
        organisme,
        min(split_part(nom, ' – ', 1)) as nom
    from registre
    where type_guichet = 'BAILLEUR'
    group by departement, organisme
),

lieux as (
    select
        code,
        arg_min(nom, (type <> 'commune-actuelle')::int) as nom
    from communes
    group by code
)

select
    demandes.departement as département,
    annees.annee as année,
    coalesce(codes.libelle, 'Réservataire non renseigné') as réservataire,
    coalesce(bailleurs.nom, demandes.siren_radiation, 'Bailleur non renseigné') as bailleur,
    coalesce(nullif(demandes.type_logement_attrib, 'NONDOC'), 'Non renseignée') as typologie,
    case
        when demandes.date_signature_bail is null then 'QPV ou bail non renseigné'
        when demandes.nb_qpv = 1 then 'En QPV'
        when demandes.nb_hqpv = 1 then 'Hors QPV'
        else 'QPV ou bail non renseigné'
    end as qpv,
    coalesce(lieux.nom, demandes.commune_logement_attrib, 'Commune non renseignée') as commune,
    count(*) as attributions
from demandes
inner join annees
    on
        demandes.departement = annees.departement
        and year(demandes.date_radiation) = annees.annee
left join bailleurs
    on
        demandes.departement = bailleurs.departement
        and demandes.siren_radiation = bailleurs.organisme
left join codes
    on codes.liste = 'TYPE_RESERVATAIRE' and demandes.type_reservataire = codes.code
left join lieux on demandes.commune_logement_attrib = lieux.code
where demandes.motif_radiation = 'RADATT'
group by all
order by département, réservataire, bailleur, typologie, qpv, commune

-- titre: Fiches de guichet incomplètes dans le registre
-- description: La liste des guichets est publiée et transmise à l'État : qui n'a pas d'adresse, de
--   téléphone, de courriel, d'horaires ou de convention ? Avec l'activité du guichet, pour
--   commencer par les plus fréquentés.
-- grain: une ligne par guichet dont la fiche est incomplète
-- auteur: infocentre
-- theme: Suivre les guichets
-- tags: guichets, registre
-- synonymes: annuaire des guichets, coordonnées manquantes, horaires, téléphone, adresse, liste à
--   publier, fiche du lieu d'enregistrement, information du public, convention non signée
with guichets as (
    select
        *,
        concat_ws(
            ', ',
            case when adresse is null or commune is null then 'adresse' end,
            case when telephone is null then 'téléphone' end,
            case when courriel is null then 'courriel' end,
            case when horaires is null then 'horaires' end,
            case when siren is null then 'SIREN' end,
            case when date_convention is null then 'convention' end
        ) as manques
    from registre
    where date_fermeture is null and type_guichet <> 'PORTAIL'
    qualify mois = max(mois) over (partition by departement)
),

actives as (
    select
        departement,
        guichet_enregistreur as guichet,
        count(*) as nombre
    from demandes
    where statut = 'active'
    group by departement, guichet_enregistreur
)

select
    guichets.departement as département,
    guichets.guichet,
    guichets.nom as nom_du_guichet,
    codes.libelle as type_de_guichet,
    guichets.manques as il_manque,
    coalesce(actives.nombre, 0) as demandes_actives
from guichets
left join actives
    on guichets.departement = actives.departement and guichets.guichet = actives.guichet
left join codes
    on codes.liste = 'TYPE_GUICHET' and guichets.type_guichet = codes.code
where guichets.manques <> ''
order by guichets.departement asc, demandes_actives desc, guichets.guichet asc

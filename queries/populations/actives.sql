-- nom: actives
-- nature: stock
-- grain: une ligne par demande active (departement, arrete, numero_unique)
-- objet: demandes actives à la date d'arrêté
-- requiert:
select
    numero_unique as unite,
    departement,
    coalesce(guichet_enregistreur, 'INCONNU') as guichet,
    arrete,
    mois,
    arrete as jour,
    numero_unique,
    type_demandeur,
    date_creation,
    date_renouvellement,
    contact_mail,
    revenu_mensuel_foyer,
    nb_qna,
    greatest(date_creation, date_renouvellement) as dernier_depot_ou_renouvellement,
    case
        when nb_qna = 1 then 'quartile de ressources inconnu'
        else 'ni quartile ni montant'
    end as defaut_ressources
from stock

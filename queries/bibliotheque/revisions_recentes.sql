-- titre: Valeurs publiées qui ont changé depuis
-- description: Ce qui avait été dit à un guichet et ne tient plus : anciennes et nouvelles valeurs,
--   et la cause (livraison corrigée, ou règle changée), dans les jours qui précèdent la dernière
--   révision.
-- grain: une ligne par valeur révisée
-- parametre jours: {type: entier, libelle: Jours avant la dernière révision, defaut: 92,
--   min: 1, max: 3660}
-- auteur: infocentre
-- theme: Suivre les guichets
-- tags: révisions, indicateurs
-- synonymes: valeurs corrigées après coup, chiffres modifiés, ce qui a été publié et ne tient plus,
--   recalcul, changement de règle, historique des corrections, livraison remplacée
with recentes as (
    select *
    from revisions
    where
        niveau <> 'organisme'
        and le >= (select max(toutes.le) from revisions as toutes) - interval ($jours) day
)

select
    recentes.departement as département,
    recentes.le::date as révisée_le,
    recentes.mois,
    recentes.code as indicateur,
    recentes.guichet,
    coalesce(registre.nom, 'Ensemble du département') as nom_du_guichet,
    recentes.numerateur_avant as anomalies_avant,
    recentes.denominateur_avant as effectif_avant,
    recentes.numerateur_apres as anomalies_après,
    recentes.denominateur_apres as effectif_après,
    recentes.etat_avant as état_avant,
    recentes.etat_apres as état_après,
    recentes.cause
from recentes
left join registre
    on
        recentes.departement = registre.departement
        and recentes.mois = registre.mois
        and recentes.guichet = registre.guichet
order by
    recentes.departement asc,
    recentes.le desc,
    recentes.mois desc,
    recentes.code asc,
    recentes.guichet asc

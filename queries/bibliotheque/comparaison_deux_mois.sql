-- titre: Comparaison de deux mois
-- description: Chaque indicateur dans deux mois (valeurs des 12 mois, du mois pour un stock), et si
--   le hasard suffit à expliquer l'écart : « dans la marge », au seuil de 5 %, pour deux périodes
--   disjointes. Les deux mois sont par défaut le dernier publié et le même de l'année d'avant.
-- grain: une ligne par indicateur
-- parametre avant: {type: mois, libelle: De, facultatif: true,
--   aide: un an plus tôt par défaut}
-- parametre mois: {type: mois, libelle: À, facultatif: true, aide: le dernier mois par défaut}
-- parametre guichet: {type: texte, libelle: Guichet, facultatif: true,
--   aide: "code d'un guichet ou SIREN d'un organisme, tout le département par défaut"}
-- auteur: infocentre
-- tags: indicateurs, séries
with dates as (
    select
        departement,
        coalesce($mois, max(mois)) as mois_apres,
        coalesce(
            $avant, strftime((mois_apres || '-01')::date - interval 1 year, '%Y-%m')
        ) as mois_avant,
        coalesce(upper($guichet), '*') as guichet
    from valeurs
    group by departement
),

mesures as (
    select
        valeurs.*,
        if(valeurs.numerateur_12m is null, valeurs.numerateur, valeurs.numerateur_12m) as n_etat,
        if(valeurs.denominateur_12m is null, valeurs.denominateur, valeurs.denominateur_12m)
            as d_etat,
        n_etat / nullif(d_etat, 0) as taux_etat
    from valeurs
    inner join dates
        on
            valeurs.departement = dates.departement
            and valeurs.guichet = dates.guichet
            and valeurs.mois in (dates.mois_avant, dates.mois_apres)
),

ecarts as (
    select
        apres.departement,
        apres.code,
        apres.niveau,
        dates.mois_avant,
        avant.n_etat as n_avant,
        avant.d_etat as d_avant,
        avant.taux_etat as taux_avant,
        dates.mois_apres,
        apres.n_etat as n_apres,
        apres.d_etat as d_apres,
        apres.taux_etat as taux_apres,
        apres.taux_etat - avant.taux_etat as ecart,
        (n_avant + n_apres) / nullif(d_avant + d_apres, 0) as commun,
        1.96 * sqrt(commun * (1 - commun) * (1 / nullif(d_avant, 0) + 1 / nullif(d_apres, 0)))
            as marge
    from dates
    inner join mesures as apres
        on dates.departement = apres.departement and dates.mois_apres = apres.mois
    left join mesures as avant
        on
            dates.departement = avant.departement
            and dates.mois_avant = avant.mois
            and apres.code = avant.code
            and apres.niveau = avant.niveau
)

select
    departement as département,
    code as indicateur,
    mois_avant as du_mois,
    n_avant as anomalies_avant,
    d_avant as effectif_avant,
    taux_avant,
    mois_apres as au_mois,
    n_apres as anomalies_après,
    d_apres as effectif_après,
    taux_apres as taux_après,
    ecart as évolution_du_taux,
    case
        when ecart is null then 'sans comparaison'
        when ecart > marge then 'hausse nette'
        when ecart < -marge then 'baisse nette'
        else 'dans la marge'
    end as lecture
from ecarts
order by departement asc, code asc

-- titre: Comparaison de deux mois
-- description: Chaque indicateur dans deux mois (valeurs des 12 mois, du mois pour un stock), et si
--   l'écart tient (test exact de Fisher) parmi toutes les comparaisons faites, corrigées de leur
--   nombre (Benjamini et Hochberg, 5 %). Deux périodes de 12 mois qui se recouvrent ne se
--   comparent pas. Les deux mois sont par défaut le dernier publié et celui d'un an plus tôt.
-- grain: une ligne par indicateur
-- parametre avant: {type: mois, libelle: De, facultatif: true,
--   aide: un an plus tôt par défaut}
-- parametre mois: {type: mois, libelle: À, facultatif: true, aide: le dernier mois par défaut}
-- parametre guichet: {type: texte, libelle: Guichet, facultatif: true,
--   aide: "code d'un guichet ou SIREN d'un organisme, tout le département par défaut"}
-- auteur: infocentre
-- theme: Suivre les guichets
-- tags: indicateurs, séries
-- synonymes: comparer deux périodes, évolution sur un an, par rapport à l'an dernier, variation des
--   indicateurs, progrès, écart significatif, avant après, tendance
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
        if(valeurs.numerateur_12m is null, valeurs.numerateur, valeurs.numerateur_12m) as n_lu,
        if(valeurs.denominateur_12m is null, valeurs.denominateur, valeurs.denominateur_12m)
            as d_lu,
        n_lu / nullif(d_lu, 0) as taux_lu
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
        avant.n_lu as n_avant,
        avant.d_lu as d_avant,
        avant.taux_lu as taux_avant,
        dates.mois_apres,
        apres.n_lu as n_apres,
        apres.d_lu as d_apres,
        apres.taux_lu as taux_apres,
        apres.taux_lu - avant.taux_lu as ecart,
        apres.numerateur_12m is not null
        and abs(
            datediff('month', (dates.mois_avant || '-01')::date, (dates.mois_apres || '-01')::date)
        ) < 12 as communs,
        -- a fall of anomalies is a rise of what is right: one tail serves both
        if(ecart < 0, d_apres - n_apres, n_apres) as vus,
        if(ecart < 0, d_avant + d_apres - n_avant - n_apres, n_avant + n_apres) as reunis,
        d_avant + d_apres as tous
    from dates
    inner join mesures as apres
        on dates.departement = apres.departement and dates.mois_apres = apres.mois
    left join mesures as avant
        on
            dates.departement = avant.departement
            and dates.mois_avant = avant.mois
            and apres.code = avant.code
            and apres.niveau = avant.niveau
),

termes as (
    select
        departement,
        niveau,
        code,
        vus,
        reunis,
        tous,
        d_apres as tires,
        unnest(
            range(vus, least(reunis, d_apres, vus + 100 + (10 * sqrt(tous))::bigint) + 1)
        ) as k
    from ecarts
    where ecart is not null and not communs
),

chances as (
    select
        departement,
        niveau,
        code,
        least(1, 2 * sum(exp(
            lgamma(reunis + 1) - lgamma(k + 1) - lgamma(reunis - k + 1)
            + lgamma(tous - reunis + 1) - lgamma(tires - k + 1)
            - lgamma(tous - reunis - tires + k + 1)
            - lgamma(tous + 1) + lgamma(tires + 1) + lgamma(tous - tires + 1)
        ))) as chance
    from termes
    group by departement, niveau, code
),

rangs as (
    select
        *,
        row_number() over (partition by departement order by chance) as rang,
        count(*) over (partition by departement) as comparaisons
    from chances
),

tenus as (
    select
        *,
        rang <= max(if(chance <= 0.05 * rang / comparaisons, rang, 0))
            over (partition by departement) as tient
    from rangs
)

select
    ecarts.departement as département,
    ecarts.code as indicateur,
    ecarts.mois_avant as du_mois,
    ecarts.n_avant as anomalies_avant,
    ecarts.d_avant as effectif_avant,
    ecarts.taux_avant,
    ecarts.mois_apres as au_mois,
    ecarts.n_apres as anomalies_après,
    ecarts.d_apres as effectif_après,
    ecarts.taux_apres as taux_après,
    ecarts.ecart as évolution_du_taux,
    case
        when ecarts.ecart is null then 'sans comparaison'
        when ecarts.communs then 'périodes communes'
        when not tenus.tient then 'ne tient pas'
        when ecarts.ecart > 0 then 'hausse nette'
        else 'baisse nette'
    end as lecture,
    tenus.comparaisons
from ecarts
left join tenus
    on
        ecarts.departement = tenus.departement
        and ecarts.niveau = tenus.niveau
        and ecarts.code = tenus.code
order by ecarts.departement asc, ecarts.code asc

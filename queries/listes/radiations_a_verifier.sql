-- titre: Radiations à vérifier
-- grain: une ligne par demande radiée (departement, arrete, numero_unique)
-- objet: demandes radiées, jusqu'à quand chacune peut être réactivée, et pour quelles raisons sa
--   radiation est à vérifier (aucune quand rien ne le demande, ou quand elle est déjà déradiée)
-- sur: une livraison d'un département
-- parametres: les réglages de la procédure « reclamations » ; colonnes_des_preavis, si la livraison
--   les a
with radiees as (
    select
        *,
        greatest(date_creation, date_renouvellement) as dernier_depot_ou_renouvellement,
        (dernier_depot_ou_renouvellement + to_months(12))::date as echeance,
        (echeance - to_months(1))::date as date_limite_preavis,
        (dernier_depot_ou_renouvellement + to_months($tolerance))::date as fin_tolerance,
        (dernier_depot_ou_renouvellement + to_months($fenetre))::date as fenetre_fin,
        (echeance - to_months($panne_avance))::date as debut_preavis,
        date_radiation + $renouvellement_apres as fin_renouvellement,
        $colonnes_des_preavis as preavis_connus
    from radiation
),

envois as (
    select
        departement,
        arrete,
        type_pli,
        date_envoi as jour,
        count(*) as envoyes
    from plis
    where type_pli in ('PREAVIS_SIMPLE', 'PREAVIS_AR')
    group by departement, arrete, type_pli, date_envoi
),

jours as (
    select
        departement,
        arrete,
        type_pli,
        unnest(generate_series(min(jour), max(jour), interval 1 day))::date as jour
    from envois
    group by departement, arrete, type_pli
),

-- What usually leaves on that day of the week, over the month before and the month after.
habitudes as (
    select
        jours.departement,
        jours.arrete,
        jours.type_pli,
        jours.jour,
        coalesce(envois.envoyes, 0) as envoyes,
        avg(coalesce(envois.envoyes, 0)) over (
            partition by
                jours.departement, jours.arrete, jours.type_pli, dayofweek(jours.jour)
            order by jours.jour
            rows between 4 preceding and 4 following exclude current row
        ) as habituels,
        count(*) filter (where envoyes > 0) over (
            partition by jours.departement, jours.arrete, jours.type_pli
            order by jours.jour
        ) as ilot
    from jours
    left join envois
        on
            jours.departement = envois.departement
            and jours.arrete = envois.arrete
            and jours.type_pli = envois.type_pli
            and jours.jour = envois.jour
),

-- Days on end without any, when so many usually leave that chance does not make it.
pannes as (
    select
        departement,
        arrete,
        min(jour) as debut,
        max(jour) as fin
    from habitudes
    where envoyes = 0
    group by departement, arrete, type_pli, ilot
    having count(*) filter (where habituels > 0) >= $panne_jours and sum(habituels) >= $panne_plis
),

-- The préavis before the radiation: of the year of validity that ended, or of one before.
avertissements as (
    select
        plis.*,
        plis.date_envoi >= radiees.dernier_depot_ou_renouvellement as de_l_annee
    from radiees
    inner join plis
        on
            radiees.departement = plis.departement
            and radiees.arrete = plis.arrete
            and radiees.numero_unique = plis.numero_unique
            and plis.type_pli in ('PREAVIS_SIMPLE', 'PREAVIS_AR')
            and radiees.date_radiation >= plis.date_envoi
),

preavis as (
    select
        departement,
        arrete,
        numero_unique,
        count(*) filter (where de_l_annee) as envoyes,
        count(*) filter (where de_l_annee and statut = 'DISTRIBUE') as distribues,
        count(*) filter (where de_l_annee and statut = 'NPAI') as revenus,
        max(date_envoi) filter (where de_l_annee) as dernier_envoi,
        bool_or(not de_l_annee and statut = 'DISTRIBUE') as annee_avant_distribuee,
        list(
            {
                'envoye_le': date_envoi,
                'id': id_pli,
                'type': type_pli,
                'statut': statut,
                'le': date_statut
            }
        ) filter (where de_l_annee) as plis
    from avertissements
    group by departement, arrete, numero_unique
),

actes as (
    select
        radiees.departement,
        radiees.arrete,
        radiees.numero_unique,
        max(journal.date_evenement) filter (
            where
            journal.type_evenement = 'DERAD'
            and journal.date_evenement >= radiees.date_radiation
        ) as deradiee_le,
        min(journal.date_saisie) filter (
            where
            journal.type_evenement = 'REN'
            and journal.date_saisie > radiees.date_radiation
            and journal.date_saisie <= radiees.fin_renouvellement
        ) as renouvellement_saisi_le
    from radiees
    inner join journal
        on
            radiees.departement = journal.departement
            and radiees.arrete = journal.arrete
            and radiees.numero_unique = journal.numero_unique
    group by radiees.departement, radiees.arrete, radiees.numero_unique
),

jugees as (
    select
        radiees.departement,
        radiees.arrete,
        radiees.mois,
        radiees.numero_unique,
        coalesce(radiees.guichet_enregistreur, 'INCONNU') as guichet,
        radiees.cle_guichetcreateur as createur,
        guichets.type_guichet,
        radiees.motif_radiation as motif,
        radiees.date_radiation,
        radiees.date_signature_bail,
        radiees.dernier_depot_ou_renouvellement,
        radiees.echeance,
        radiees.date_limite_preavis,
        radiees.fin_tolerance,
        radiees.fenetre_fin,
        coalesce(radiees.contact_mail = 1, false) as courriel_connu,
        coalesce(radiees.nb_dalo = 1, false) as dalo,
        coalesce(radiees.nb_menage_prioritaire = 1, false) as prioritaire,
        coalesce(radiees.estcreeesitegrandpublic = 1, false) as portail,
        least(
            case
                when radiees.date_preavis_simple >= radiees.dernier_depot_ou_renouvellement
                    then radiees.date_preavis_simple
            end,
            case
                when radiees.date_preavis_ar >= radiees.dernier_depot_ou_renouvellement
                    then radiees.date_preavis_ar
            end
        ) as premier_preavis,
        preavis.envoyes,
        preavis.distribues,
        preavis.revenus,
        preavis.dernier_envoi,
        coalesce(preavis.annee_avant_distribuee, false) as annee_avant_distribuee,
        list_transform(
            list_sort(coalesce(preavis.plis, [])),
            pli -> {
                'type': pli.type,
                'envoye_le': pli.envoye_le,
                'statut': pli.statut,
                'le': pli.le
            }
        ) as plis,
        actes.deradiee_le,
        actes.renouvellement_saisi_le,
        radiees.preavis_connus
        and (premier_preavis is null or premier_preavis > radiees.date_limite_preavis)
            as sans_delai,
        (
            select max({ 'debut': pannes.debut, 'fin': pannes.fin })
            from pannes
            where
                radiees.departement = pannes.departement
                and radiees.arrete = pannes.arrete
                and pannes.debut <= radiees.date_limite_preavis
                and pannes.fin >= radiees.debut_preavis
        ) as panne
    from radiees
    left join guichets
        on
            radiees.departement = guichets.departement
            and radiees.arrete = guichets.arrete
            and radiees.guichet_enregistreur = guichets.code_guichet
    left join preavis
        on
            radiees.departement = preavis.departement
            and radiees.arrete = preavis.arrete
            and radiees.numero_unique = preavis.numero_unique
    left join actes
        on
            radiees.departement = actes.departement
            and radiees.arrete = actes.arrete
            and radiees.numero_unique = actes.numero_unique
)

select
    * exclude (envoyes, distribues, revenus, dernier_envoi, sans_delai),
    date_diff('day', arrete, fenetre_fin) as jours_restants,
    date_radiation >= date_trunc('month', arrete) - to_months(11) or jours_restants >= 0
        as a_examiner,
    motif = 'RADREN' and sans_delai as sans_preavis,
    list_filter(
        [
            case when motif = 'RADREN' and sans_delai and premier_preavis is null then 'absent' end,
            case
                when motif = 'RADREN' and sans_delai and premier_preavis is not null then 'tardif'
            end,
            case when motif = 'RADREN' and sans_delai and panne is not null then 'panne' end,
            case when motif = 'RADREN' and envoyes > 0 and envoyes = revenus then 'npai' end,
            case
                when
                    motif = 'RADREN'
                    and distribues = 0
                    and revenus < envoyes
                    and dernier_envoi + $en_cours < arrete
                    then 'en_cours'
            end,
            case
                when motif in ('RADREN', 'RADCON') and renouvellement_saisi_le is not null
                    then 'renouvellement'
            end,
            case when motif = 'RADATT' and date_signature_bail is null then 'sans_bail' end,
            case
                when motif = 'RADIRR' and type_guichet is distinct from 'BAILLEUR'
                    then 'hors_bailleur'
            end,
            case when motif in ('RADREN', 'RADCON', 'RADIRR') and dalo then 'dalo' end,
            case
                when motif in ('RADREN', 'RADCON', 'RADIRR') and prioritaire and not dalo
                    then 'prioritaire'
            end
        ],
        raison -> raison is not null and deradiee_le is null
    ) as raisons
from jugees

"""Everything known of one demande, in the order of time: what a réclamation needs."""

from __future__ import annotations

from infocentre.entrepot.dossier import Lecture
from infocentre.entrepot.relations import citer

ACTES = "acte : "


def sql_parcours(lecture: Lecture, numero: str) -> str | None:
    """Return the SELECT of the life of a numéro, None when no delivery has it.

    Grain: one row per dated fact: le, fait, guichet, detail, source (the delivery that tells it).
    """
    version, dossier = lecture.version, lecture.dossier
    etats = [citer(str(dossier.etats / nom)) for nom in version.etats.values()]
    trouve = lecture.con.execute(
        f"SELECT departement FROM read_parquet([{', '.join(etats)}]) "
        f"WHERE numero_unique = {citer(numero)}"
    ).fetchall()
    if not trouve:
        return None
    livraisons = [une for (departement,) in trouve for une in version.de(departement)]
    lecture.relations(livraisons)
    blocs = [
        *_sql_demande(numero),
        _sql_radiations(numero),
        _sql_journal(numero),
        _sql_plis(numero),
        _sql_messages(numero),
        _sql_statut(lecture, [d for (d,) in trouve], numero),
    ]
    return (
        f"SELECT DISTINCT * FROM ({' UNION ALL '.join(blocs)}) ORDER BY le NULLS LAST, source, fait"
    )


def _libelle(liste: str, champ: str) -> str:
    return (
        f"coalesce((SELECT libelle FROM codes WHERE liste = '{liste}' AND code = {champ}), {champ})"
    )


def _sql_demande(numero: str) -> list[str]:
    """Dates that the demande itself carries, each told by the first delivery that has it."""
    faits = {
        "date_creation": ("dépôt de la demande", "cle_guichetcreateur"),
        "date_modification": ("modification de la demande", "guichet_enregistreur"),
        "date_renouvellement": ("renouvellement", "guichet_enregistreur"),
        "date_preavis_simple": ("préavis simple", "NULL::VARCHAR"),
        "date_preavis_ar": ("préavis recommandé", "NULL::VARCHAR"),
    }
    union = (
        f"(SELECT * FROM stock WHERE numero_unique = {citer(numero)} UNION ALL BY NAME "
        f"SELECT * FROM radiation WHERE numero_unique = {citer(numero)})"
    )
    return [
        f"SELECT {champ} AS le, '{fait}' AS fait, first({guichet} ORDER BY arrete) AS guichet, "
        f"'' AS detail, concat('données au ', strftime(min(arrete), '%d/%m/%Y')) AS source "
        f"FROM {union} WHERE {champ} IS NOT NULL GROUP BY {champ}"
        for champ, (fait, guichet) in faits.items()
    ]


def _sql_radiations(numero: str) -> str:
    return f"""
        SELECT date_radiation,
            concat('radiation : ', {_libelle("MOTIF_RADIATION", "motif_radiation")}),
            guichet_enregistreur, concat_ws(' ; ',
                {_libelle("SMOTIF_RADIATION", "smotif_radiation")},
                'bail signé le ' || strftime(date_signature_bail, '%d/%m/%Y'),
                'logement ' || type_logement_attrib || ' à ' || commune_logement_attrib,
                'réservataire : ' || {_libelle("TYPE_RESERVATAIRE", "type_reservataire")},
                'DALO : ' || {_libelle("ATTRIBUE_DALO", "attribue_dalo")}),
            concat('données au ', strftime(min(arrete), '%d/%m/%Y'))
        FROM radiation WHERE numero_unique = {citer(numero)}
        GROUP BY ALL"""


def _sql_journal(numero: str) -> str:
    return f"""
        SELECT date_evenement, concat('{ACTES}', {_libelle("TYPE_EVENEMENT", "type_evenement")}),
            guichet, concat_ws(' ; ', 'saisi le ' || strftime(date_saisie, '%d/%m/%Y'),
                {_libelle("CANAL", "canal")},
                'attestation du ' || strftime(date_attestation, '%d/%m/%Y'),
                'échéance du ' || strftime(date_echeance, '%d/%m/%Y')),
            concat('journal, ', id_evenement)
        FROM journal WHERE numero_unique = {citer(numero)}
        QUALIFY row_number() OVER (PARTITION BY id_evenement ORDER BY arrete DESC) = 1"""


def _sql_plis(numero: str) -> str:
    return f"""
        SELECT date_envoi, concat('pli : ', {_libelle("TYPE_PLI", "type_pli")}), NULL::VARCHAR,
            concat({_libelle("STATUT_PLI", "statut")},
                coalesce(concat(' le ', strftime(date_statut, '%d/%m/%Y')), '')),
            concat('plis, ', id_pli)
        FROM plis WHERE numero_unique = {citer(numero)}
        QUALIFY row_number() OVER (PARTITION BY id_pli ORDER BY arrete DESC) = 1"""


def _sql_messages(numero: str) -> str:
    return f"""
        SELECT date_envoi,
            concat('message : ', {_libelle("TYPE_FICHIER", "type_fichier")}), guichet,
            concat_ws(' ; ', {_libelle("STATUT_MESSAGE", "statut")}, code_anomalie,
                'accepté le ' || strftime(date_renvoi_ok, '%d/%m/%Y')),
            concat('messages, ', id_message)
        FROM messages WHERE numero_unique = {citer(numero)}
        QUALIFY row_number() OVER (PARTITION BY id_message ORDER BY arrete DESC) = 1"""


def _sql_statut(lecture: Lecture, departements: list[str], numero: str) -> str:
    """What the demande is today, after the newest delivery that the département has."""
    etats = [
        citer(str(lecture.dossier.etats / lecture.version.etats[departement]))
        for departement in departements
    ]
    derniers = ", ".join(
        f"('{departement}', DATE '{lecture.version.de(departement)[-1].arrete}')"
        for departement in departements
    )
    return f"""
        SELECT d.arrete, concat('état : demande ', e.statut), e.guichet_enregistreur,
            concat('vue pour la dernière fois au ', strftime(e.vue_le, '%d/%m/%Y')),
            concat('données au ', strftime(d.arrete, '%d/%m/%Y'))
        FROM read_parquet([{", ".join(etats)}]) AS e
        JOIN (VALUES {derniers}) AS d (departement, arrete) USING (departement)
        WHERE e.numero_unique = {citer(numero)}"""

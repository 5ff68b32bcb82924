"""Everything known of one demande, in the order of time: what a réclamation needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from infocentre.contrat import contrat
from infocentre.contrat.territoires import territoires
from infocentre.entrepot import Dossier, Livraison, Version
from infocentre.entrepot.dossier import Lecture
from infocentre.entrepot.relations import citer

ACTES = "acte : "
_ETAT = ("departement", "vue_le", "statut", "guichet_enregistreur", "commune_logement_attrib")
_FAITS = {
    "date_creation": ("dépôt de la demande", "cle_guichetcreateur"),
    "date_modification": ("modification de la demande", "guichet_enregistreur"),
    "date_renouvellement": ("renouvellement", "guichet_enregistreur"),
    "date_preavis_simple": ("préavis simple", "NULL::VARCHAR"),
    "date_preavis_ar": ("préavis recommandé", "NULL::VARCHAR"),
}


def sql_etat(dossier: Dossier, version: Version, numero: str, colonnes: Iterable[str]) -> str:
    """Return the SELECT of the newest state of a numéro; grain: one row per département.

    Each column is read apart, and a state has eighty: name those that are wanted.
    """
    etats = [citer(str(dossier.etats / nom)) for nom in version.etats.values()]
    return (
        f"SELECT {', '.join(colonnes)} FROM read_parquet([{', '.join(etats)}]) "
        f"WHERE numero_unique = {citer(numero)} ORDER BY departement"
    )


def sql_parcours(lecture: Lecture, numero: str) -> str | None:
    """Return the SELECT of the life of a numéro, None when no delivery has it.

    Grain: one row per dated fact: le, fait, guichet, detail, source (the delivery that tells it).
    """
    version = lecture.version
    etats = lecture.con.execute(sql_etat(lecture.dossier, version, numero, _ETAT)).fetchall()
    if not etats:
        return None
    toutes = [une for departement, *_ in etats for une in version.de(departement)]
    portees = [une for dep, le, *_ in etats for une in version.de(dep) if une.arrete <= str(le)]
    blocs = [
        *(_sql_fait(champ, *fait) for champ, fait in _FAITS.items()),
        _sql_radiations({commune for *_, commune in etats if commune}),
        _sql_journal(_source(lecture, toutes, "journal", numero)),
        _sql_plis(_source(lecture, toutes, "plis", numero)),
        _sql_messages(_source(lecture, toutes, "messages", numero)),
        *(_sql_statut(version, *etat) for *etat, _ in etats),
    ]
    return f"""
        WITH etats AS MATERIALIZED ({_sql_vues(lecture, portees, numero)})
        SELECT DISTINCT * FROM ({" UNION ALL ".join(blocs)}) ORDER BY le NULLS LAST, source, fait"""


def _source(lecture: Lecture, livraisons: list[Livraison], table: str, numero: str) -> str:
    fichiers = ", ".join(
        citer(str(lecture.dossier.archive(une) / f"{table}.parquet")) for une in livraisons
    )
    return f"read_parquet([{fichiers}]) WHERE numero_unique = {citer(numero)}"


def _sql_vues(lecture: Lecture, livraisons: list[Livraison], numero: str) -> str:
    """The demande as each delivery shows it, active or radiée."""
    radiation = (
        "date_radiation, motif_radiation, smotif_radiation, date_signature_bail, "
        "type_logement_attrib, commune_logement_attrib, type_reservataire, attribue_dalo"
    )
    commun = f"arrete, cle_guichetcreateur, guichet_enregistreur, {', '.join(_FAITS)}"
    return (
        f"SELECT {commun} FROM {_source(lecture, livraisons, 'stock', numero)} "
        f"UNION ALL BY NAME SELECT {commun}, {radiation} "
        f"FROM {_source(lecture, livraisons, 'radiation', numero)}"
    )


def _libelle(liste: str, champ: str) -> str:
    """Write a code in French; one outside its list stays as it was delivered."""
    codes = ", ".join(
        f"{citer(code)}: {citer(libelle)}" for code, libelle in contrat().codes[liste].items()
    )
    return f"coalesce(MAP {{{codes}}}[{champ}], {champ})"


def _sql_fait(champ: str, fait: str, guichet: str) -> str:
    """A date that the demande carries, told by the first delivery that has it."""
    return (
        f"SELECT {champ} AS le, '{fait}' AS fait, first({guichet} ORDER BY arrete) AS guichet, "
        f"'' AS detail, concat('données au ', strftime(min(arrete), '%d/%m/%Y')) AS source "
        f"FROM etats WHERE {champ} IS NOT NULL GROUP BY {champ}"
    )


def _sql_radiations(communes: set[str]) -> str:
    lieux = territoires()
    noms = {code: lieux[code].nom for code in sorted(communes) if code in lieux}
    commune = "commune_logement_attrib"
    if noms:
        cas = " ".join(f"WHEN {citer(code)} THEN {citer(nom)}" for code, nom in noms.items())
        commune = f"CASE {commune} {cas} ELSE {commune} END"
    return f"""
        SELECT date_radiation,
            concat('radiation : ', {_libelle("MOTIF_RADIATION", "motif_radiation")}),
            guichet_enregistreur, concat_ws(' ; ',
                {_libelle("SMOTIF_RADIATION", "smotif_radiation")},
                'bail signé le ' || strftime(date_signature_bail, '%d/%m/%Y'),
                'logement ' || type_logement_attrib || ' à ' || {commune},
                'réservataire : ' || {_libelle("TYPE_RESERVATAIRE", "type_reservataire")},
                'DALO : ' || {_libelle("ATTRIBUE_DALO", "attribue_dalo")}) AS detail,
            concat('données au ', strftime(min(arrete), '%d/%m/%Y'))
        FROM etats WHERE date_radiation IS NOT NULL
        GROUP BY date_radiation, motif_radiation, guichet_enregistreur, detail"""


def _sql_journal(source: str) -> str:
    return f"""
        SELECT date_evenement, concat('{ACTES}', {_libelle("TYPE_EVENEMENT", "type_evenement")}),
            guichet, concat_ws(' ; ', 'saisi le ' || strftime(date_saisie, '%d/%m/%Y'),
                {_libelle("CANAL", "canal")},
                'attestation du ' || strftime(date_attestation, '%d/%m/%Y'),
                'échéance du ' || strftime(date_echeance, '%d/%m/%Y')),
            concat('journal, ', id_evenement)
        FROM {source}
        QUALIFY row_number() OVER (PARTITION BY id_evenement ORDER BY arrete DESC) = 1"""


def _sql_plis(source: str) -> str:
    return f"""
        SELECT date_envoi, concat('pli : ', {_libelle("TYPE_PLI", "type_pli")}), NULL::VARCHAR,
            concat({_libelle("STATUT_PLI", "statut")},
                ' le ' || strftime(date_statut, '%d/%m/%Y')),
            concat('plis, ', id_pli)
        FROM {source}
        QUALIFY row_number() OVER (PARTITION BY id_pli ORDER BY arrete DESC) = 1"""


def _sql_messages(source: str) -> str:
    return f"""
        SELECT date_envoi,
            concat('message : ', {_libelle("TYPE_FICHIER", "type_fichier")}), guichet,
            concat_ws(' ; ', {_libelle("STATUT_MESSAGE", "statut")}, code_anomalie,
                'accepté le ' || strftime(date_renvoi_ok, '%d/%m/%Y')),
            concat('messages, ', id_message)
        FROM {source}
        QUALIFY row_number() OVER (PARTITION BY id_message ORDER BY arrete DESC) = 1"""


def _sql_statut(
    version: Version, departement: str, vue_le: dt.date, statut: str, guichet: str | None
) -> str:
    """What the demande is today, after the newest delivery that the département has."""
    arrete = dt.date.fromisoformat(version.de(departement)[-1].arrete)
    return f"""
        SELECT DATE '{arrete}', {citer(f"état : demande {statut}")},
            {citer(guichet) if guichet else "NULL::VARCHAR"},
            'vue pour la dernière fois au {vue_le:%d/%m/%Y}',
            'données au {arrete:%d/%m/%Y}'"""

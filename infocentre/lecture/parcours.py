"""Everything known of one demande, in the order of time: what a réclamation needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import get_type_hints

from infocentre.contrat import Colonne, contrat, montres
from infocentre.contrat.territoires import territoires
from infocentre.entrepot import Version
from infocentre.entrepot.parcours import TABLES, VUES, fichiers_parcours, sql_vues, sql_vues_ecrites
from infocentre.entrepot.relations import citer, lecture_de, sql_archives
from infocentre.lecture.lecteur import L, Lecture
from infocentre.lecture.liens import lire_liens, ranger
from infocentre.lecture.lignes import Fait, Reperes

ACTES = "acte : "


def lire_etats(v: Lecture, numero: str, genre: type[L], autres: Iterable[str] = ()) -> list[L]:
    """Return the newest state of a numéro, one per département; none when no delivery has it.

    Each column is read apart, and a state has eighty: `autres` are wanted beside those of `genre`.
    """
    colonnes = dict.fromkeys((*get_type_hints(genre), *autres))
    fichiers = [v.dossier.etats / nom for nom in _etats_connaissant(v, numero)]
    if not fichiers:
        return []
    lus = sql_archives(contrat().tables["radiation"], fichiers)
    siens = f"(SELECT {', '.join(colonnes)} FROM ({lus}) WHERE numero_unique = {citer(numero)})"
    trouves = v.lignes(f"FROM {v.filtrer('etats', siens)} ORDER BY departement", {}, genre)
    if trouves:
        montres.lire_sujet(numero)
    return trouves


def _etats_connaissant(v: Lecture, numero: str) -> list[str]:
    """Return the states to read: among many, those whose `vues`, far narrower, have the numéro."""
    etats = list(v.version.etats.values())
    vues = {
        str(ecrits[VUES]): etat for etat in etats if (ecrits := fichiers_parcours(v.dossier, etat))
    }
    if len(etats) == 1 or not vues:
        return etats
    connus = v.tuples(
        f"SELECT DISTINCT filename FROM {lecture_de(list(vues))} "
        f"WHERE numero_unique = {citer(numero)}"
    )
    retenus = {vues[fichier] for (fichier,) in connus} | (set(etats) - set(vues.values()))
    return [etat for etat in etats if etat in retenus]


def vie(v: Lecture, numero: str) -> list[Fait]:
    """Return the facts and links of a numéro in the order of time; none when nobody knows it."""
    v.exiger_nominatif()
    etats = lire_etats(v, numero, Reperes)
    if not etats:
        return []
    faits = v.lignes(sql_parcours(v, numero, etats), {}, Fait)
    return ranger(faits, lire_liens(v, numero, [un["departement"] for un in etats]))


def sql_parcours(v: Lecture, numero: str, etats: Sequence[Reperes]) -> str:
    """Return the SELECT of the life, as it may be seen, of a numéro that has these states.

    Grain: one row per dated fact: le, fait, guichet, detail, source (the delivery that tells it).
    """
    sources = _sources(v, [un["departement"] for un in etats])
    du_numero = f"WHERE numero_unique = {citer(numero)}"
    blocs = [
        *(_sql_fait(une) for une in contrat().tables["radiation"].colonnes if une.fait),
        _sql_radiations({lieu for un in etats if (lieu := un["commune_logement_attrib"])}),
        _sql_journal(f"{sources['journal']} {du_numero}"),
        _sql_plis(f"{sources['plis']} {du_numero}"),
        _sql_messages(f"{sources['messages']} {du_numero}"),
        *(_sql_statut(v.version, un) for un in etats),
    ]
    faits = f"""
        WITH etats AS MATERIALIZED (FROM {sources[VUES]} {du_numero})
        SELECT DISTINCT * FROM ({" UNION ALL ".join(blocs)}) ORDER BY le NULLS LAST, source, fait"""
    return f"FROM {v.filtrer('faits', f'({faits})')}"


def _sources(v: Lecture, departements: list[str]) -> dict[str, str]:
    """Return the relation of `vues` and of each table of acts, over some départements.

    Those written beside the states, else the archives: the same rows, but for their repetitions.
    """
    ecrits = [
        fichiers_parcours(v.dossier, v.version.etats[departement]) for departement in departements
    ]
    if all(ecrits):
        ensemble = {nom: [un[nom] for un in ecrits if un] for nom in (VUES, *TABLES)}
        vues = sql_vues_ecrites(ensemble.pop(VUES))
        return {VUES: vues} | {nom: lecture_de(un) for nom, un in ensemble.items()}
    archives = [
        v.dossier.archive(une) for departement in departements for une in v.version.de(departement)
    ]
    actes = {nom: lecture_de([une / f"{nom}.parquet" for une in archives]) for nom in TABLES}
    return {VUES: f"({sql_vues(archives)})", **actes}


def _libelle(liste: str, champ: str) -> str:
    """Write a code in French; one outside its list stays as it was delivered."""
    codes = ", ".join(
        f"{citer(code)}: {citer(libelle)}" for code, libelle in contrat().codes[liste].items()
    )
    return f"coalesce(MAP {{{codes}}}[{champ}], {champ})"


def _sql_fait(colonne: Colonne) -> str:
    """A date that the demande carries, told by the first delivery that has it."""
    champ, guichet = colonne.champ, colonne.par.lower() or "NULL::VARCHAR"
    return (
        f"SELECT {champ} AS le, {citer(colonne.fait)} AS fait, "
        f"first({guichet} ORDER BY arrete) AS guichet, "
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


def _sql_statut(version: Version, etat: Reperes) -> str:
    """What the demande is today, after the newest delivery that the département has."""
    arrete = dt.date.fromisoformat(version.de(etat["departement"])[-1].arrete)
    guichet = etat["guichet_enregistreur"]
    return f"""
        SELECT DATE '{arrete}', {citer(f"état : demande {etat['statut']}")},
            {citer(guichet) if guichet else "NULL::VARCHAR"},
            'vue pour la dernière fois au {etat["vue_le"]:%d/%m/%Y}',
            'données au {arrete:%d/%m/%Y}'"""

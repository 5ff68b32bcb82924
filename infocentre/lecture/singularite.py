"""How far the rows of the analysts' file single out persons: alone of their kind, among under five.

What is put together in each table is what somebody who knows a person may know of them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import duckdb

from infocentre.analystes.classes import RARES, lues_en_classes
from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat.intitules import intitule
from infocentre.entrepot import Dossier

_LOGEES = "date_signature_bail commune_logement_attrib type_logement_attrib"
_MENAGE = (
    "commune_log_actuel annee_naiss_demandeur sexe_demandeur taille_menage situ_familiale_demandeur"
)
RAPPROCHEMENTS: tuple[tuple[str, str], ...] = (
    ("demandes", "commune_log_actuel annee_naiss_demandeur"),
    ("demandes", _MENAGE),
    ("demandes", "date_creation guichet_enregistreur annee_naiss_demandeur sexe_demandeur"),
    ("demandes", "revenu_mensuel_foyer"),
    ("demandes", "mt_loyer_mensuel_actuel commune_log_actuel"),
    ("demandes", _LOGEES),
    ("journal", "date_evenement guichet type_evenement"),
    ("messages", "date_envoi guichet type_fichier"),
    ("plis", "date_envoi type_pli statut"),
    ("liens", "code autre_guichet autre_date_creation"),
)


@dataclass(frozen=True, slots=True)
class Mesure:
    """Of the rows of a table that have these data: shares of those alone, of those under five.

    In classes, as analysts have them, then exact, as the whole file has them.
    """

    table: str
    donnees: str
    lignes: int
    seules: float
    rares: float
    seules_exactes: float
    rares_exactes: float


def singularite(dossier: Dossier) -> tuple[Mesure, ...]:
    """Return what is measured of the published file; raise Refus when nothing is published."""
    with tenir_analystes(dossier) as fichier:
        return _mesurer(fichier.resolve(), fichier.stat().st_mtime_ns)


@functools.lru_cache(2)
def _mesurer(fichier: Path, _: int) -> tuple[Mesure, ...]:
    with duckdb.connect(str(fichier), read_only=True) as con:
        types = {
            (table, nom): type_
            for table, nom, type_ in con.execute(
                "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
            ).fetchall()
        }
        return tuple(
            mesure
            for table, noms in RAPPROCHEMENTS
            if all((table, nom) in types for nom in noms.split())
            if (mesure := _mesure(con, types, table, noms.split())) is not None
        )


def _mesure(
    con: duckdb.DuckDBPyConnection,
    types: dict[tuple[str, str], str],
    table: str,
    noms: list[str],
) -> Mesure | None:
    en_classes = lues_en_classes(table, {nom: t for (une, nom), t in types.items() if une == table})
    lignes, seules, rares = _parts(con, table, noms, [en_classes[nom] for nom in noms])
    if not lignes:
        return None
    _, seules_exactes, rares_exactes = _parts(con, table, noms, noms)
    dites = " ; ".join(_titre(nom, table) for nom in noms)
    return Mesure(table, dites, lignes, seules, rares, seules_exactes, rares_exactes)


def _titre(nom: str, table: str) -> str:
    dit = intitule(nom, table)
    return dit.replace("date de", "année de", 1) if nom.startswith("annee_") else dit


def _parts(
    con: duckdb.DuckDBPyConnection, table: str, noms: list[str], par: list[str]
) -> tuple[int, float, float]:
    """Return how many rows have all the data, the share of those alone and of those under five.

    What classes hide is of one kind.
    """
    connues = " AND ".join(f"{nom} IS NOT NULL" for nom in noms)
    lues = ", ".join(f"{sql} AS c{rang}" for rang, sql in enumerate(par))
    ((lignes, seules, rares),) = con.execute(
        f"SELECT sum(n), sum(n) FILTER (n = 1), sum(n) FILTER (n < {RARES}) FROM "
        f"(SELECT count(*) AS n FROM (SELECT {lues}, {connues} AS connue FROM {table}) "
        f"WHERE connue GROUP BY {', '.join(f'c{rang}' for rang in range(len(par)))})"
    ).fetchall()
    total = int(lignes or 0)
    return total, int(seules or 0) / max(total, 1), int(rares or 0) / max(total, 1)

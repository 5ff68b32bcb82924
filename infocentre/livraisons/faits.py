"""Facts of a delivery, counted over each of its archives: what vraisemblance judges.

Only counts, means of a whole table and codes leave the rows: nothing here names a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from infocentre.contrat import Colonne, Table, contrat
from infocentre.entrepot.description import Faits, FaitsColonne, FaitsDate
from infocentre.entrepot.relations import citer
from infocentre.livraisons.natures import HORS_LISTE, ILLISIBLE

CODES_GARDES = 40
_Lus = dict[str, Any]  # one pass over a table: what `_mesures` names


def compter_faits(
    con: duckdb.DuckDBPyConnection, table: Table, arrete: str, renseignees: dict[str, int]
) -> Faits:
    """Return the facts of the rows kept of a table; `renseignees` counts the values by column."""
    mesures = {"lignes": "count(*)", **dict(_mesures(table, arrete))}
    sql = f"SELECT {', '.join(mesures.values())} FROM archive_{table.nom}"
    lus: _Lus = dict(zip(mesures, con.execute(sql).fetchall()[0], strict=True))
    return {
        "colonnes": _colonnes(con, table, renseignees),
        "dates": _dates(table, lus),
        "moyennes": _presents(lus, "moyenne"),
        "guichets": {nom: int(lus[f"inconnus.{nom}"]) for nom in _surveillees(table, "guichet")},
        "repartitions": _repartitions(con, table),
    }


def _surveillees(table: Table, role: str) -> list[str]:
    return [une.nom for une in table.colonnes if role in {une.vraisemblance, une.nature}]


def _mesures(table: Table, arrete: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the aggregate of each fact of one pass."""
    for colonne in table.colonnes:
        if colonne.vraisemblance == "grandeur":
            yield f"moyenne.{colonne.nom}", _moyenne(colonne)
        if colonne.vraisemblance == "acte" or (
            colonne.type == "naissance" and not table.nominative
        ):
            yield f"moyenne.{colonne.nom}", _moyenne_jours(colonne)
        if colonne.vraisemblance == "acte":
            apres = f"{colonne.champ} > DATE '{arrete}'"
            yield f"futures.{colonne.nom}", f"count(*) FILTER ({apres})"
            yield f"dernier.{colonne.nom}", f"max({colonne.champ}) FILTER (NOT {apres})"
        if colonne.nature == "guichet":
            yield f"inconnus.{colonne.nom}", _inconnus(colonne)


def _moyenne(colonne: Colonne) -> str:
    x = colonne.champ
    return f"round(exp(avg(ln(CASE WHEN {x} > 0 AND {x} < 1e12 THEN {x} END))), 2)"


def _moyenne_jours(colonne: Colonne) -> str:
    return f"round(avg(date_diff('day', DATE '1900-01-01', {colonne.champ})))::BIGINT"


def _inconnus(colonne: Colonne) -> str:
    connus = "SELECT code_guichet FROM archive_guichets"
    return f"count(*) FILTER ({colonne.champ} IS NOT NULL AND {colonne.champ} NOT IN ({connus}))"


def _presents(lus: _Lus, genre: str) -> dict[str, float]:
    debut = f"{genre}."
    return {
        nom.removeprefix(debut): valeur
        for nom, valeur in lus.items()
        if nom.startswith(debut) and valeur is not None
    }


def _dates(table: Table, lus: _Lus) -> dict[str, FaitsDate]:
    return {
        nom: {
            "futures": int(lus[f"futures.{nom}"]),
            "dernier": str(dernier) if (dernier := lus[f"dernier.{nom}"]) else None,
        }
        for nom in _surveillees(table, "acte")
    }


def _colonnes(
    con: duckdb.DuckDBPyConnection, table: Table, renseignees: dict[str, int]
) -> dict[str, FaitsColonne]:
    """Count by column what was delivered, what of it could not be read, what no list has."""
    anomalies = con.execute(
        "SELECT colonne, nature, sum(nombre)::BIGINT FROM anomalies_format "
        f'WHERE "table" = {citer(table.nom)} GROUP BY ALL'
    ).fetchall()
    trouvees = {(colonne, nature): nombre for colonne, nature, nombre in anomalies}
    resultat: dict[str, FaitsColonne] = {}
    for colonne in table.colonnes:
        illisibles = trouvees.get((colonne.nom, ILLISIBLE), 0)
        resultat[colonne.nom] = {
            "renseignees": renseignees[colonne.champ] + illisibles,
            "illisibles": illisibles,
            "hors_liste": trouvees.get((colonne.nom, HORS_LISTE), 0),
        }
    return resultat


def _repartitions(con: duckdb.DuckDBPyConnection, table: Table) -> dict[str, dict[str, int]]:
    """Count the most frequent values of key codes, and the territories of the numéros."""
    cles = {nom: nom.lower() for nom in _surveillees(table, "repartition")}
    if "NUMERO_UNIQUE" in table.par_nom:
        cles["TERRITOIRE"] = "left(numero_unique, 3)"
    if table.nominative or not cles:
        return {}
    sql = " UNION ALL ".join(
        f"(SELECT {citer(nom)}, ({expression})::VARCHAR AS code, count(*) AS nombre "
        f"FROM archive_{table.nom} WHERE {expression} IS NOT NULL "
        f"GROUP BY ALL ORDER BY nombre DESC, code LIMIT {CODES_GARDES})"
        for nom, expression in cles.items()
    )
    repartitions: dict[str, dict[str, int]] = {nom: {} for nom in cles}
    for nom, code, nombre in con.execute(sql).fetchall():
        repartitions[nom][code] = nombre
    return repartitions


def nommer_colonne(table: str, colonne: str) -> str:
    """Name a column in a sentence, with its table when another table has it too."""
    partagee = sum(colonne in une.par_nom for une in contrat().tables.values()) > 1
    return f"{colonne} {DE_LA_TABLE[table]}" if partagee else colonne


DE_LA_TABLE = {
    "stock": "du stock",
    "radiation": "des radiations",
    "guichets": "des guichets",
    "journal": "du journal",
    "messages": "des messages",
    "plis": "des plis",
    "utilisateurs": "des utilisateurs",
    "identites": "des identités",
}

"""Reception of one delivery: from its files to a typed archive, or a refusal without a trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import duckdb

from infocentre.contrat import Table, contrat
from infocentre.entrepot.etats import PARQUET, PARQUET_PAR_NUMERO
from infocentre.entrepot.liens import FICHIER, LIENS
from infocentre.entrepot.relations import citer
from infocentre.livraisons.depot import Depot
from infocentre.livraisons.faits import compter_faits
from infocentre.livraisons.identites import calculer_faits, relier
from infocentre.livraisons.sources import ouvrir_source
from infocentre.livraisons.tables import (
    Reception,
    ecarter,
    noter_anomalies,
    preparer,
    recevoir_table,
)
from infocentre.noyau.erreurs import Refus

# Narrow tables in which one looks for a numéro: sorting them costs little.
PAR_NUMERO = frozenset({"journal", "plis", "messages"})


class Avancement(Protocol):
    """Tells a person how far reading is."""

    def table(self, nom: str, octets: int) -> Callable[[int], None]:
        """Announce a file and return what counts its bytes as they are read."""


def recevoir(depot: Depot, cible: Path, temporaire: Path, avancement: Avancement) -> dict[str, Any]:
    """Write the archive of a delivery under `cible` and return its description (livraison.json).

    `cible` receives one Parquet per table, rejets, anomalies_format and livraison.json; the names
    go to `cible/identites.parquet`, which the caller puts apart. Raise Refus when it is refused.
    """
    con = duckdb.connect(config={"temp_directory": str(temporaire / "debordement")})
    try:
        con.execute("SET enable_progress_bar = false")
        preparer(con)
        receptions = {
            table.nom: _lire(con, table, depot, temporaire, avancement)
            for table in contrat().tables.values()
            if table.nom in depot.fichiers
        }
        _resoudre(con, receptions)
        return _archiver(con, depot, receptions, cible)
    finally:
        con.close()


def _lire(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    depot: Depot,
    temporaire: Path,
    avancement: Avancement,
) -> Reception:
    fichier = depot.fichiers[table.nom]
    source = ouvrir_source(
        con, fichier, temporaire, avancement.table(table.nom, fichier.stat().st_size)
    )
    attendues = depot.lignes.get(table.nom, source.lus)
    if attendues != source.lus:
        raise Refus(
            f"{attendues} lignes annoncées au manifeste, {source.lus} lues",
            fichier.name,
            "Le fichier est incomplet ou a changé : demander une nouvelle livraison.",
        )
    reception = recevoir_table(con, table, source)
    for reste in temporaire.glob(f"{fichier.name.lower()}*"):
        reste.unlink()
    return reception


def _resoudre(con: duckdb.DuckDBPyConnection, receptions: dict[str, Reception]) -> None:
    """Set aside repeated lines, then the numéros that both files claim; list the anomalies."""
    for nom, reception in receptions.items():
        ecarter(con, nom, reception, _sql_repetees(contrat().tables[nom]), "ligne répétée")
    for nom, autre, perd in (
        ("stock", "radiation", "NOT coalesce(s.date_modification > r.date_radiation, false)"),
        ("radiation", "stock", "true"),
    ):
        ecarter(
            con,
            nom,
            receptions[nom],
            f"SELECT {nom[0]}.rowid AS rang FROM {nom} AS {nom[0]} "
            f"INNER JOIN {autre} AS {autre[0]} USING (numero_unique) "
            f"WHERE s.motif IS NULL AND r.motif IS NULL AND {perd}",
            "présent dans les deux fichiers",
        )
    for reception in receptions.values():
        noter_anomalies(con, reception)
    calculer_faits(con)
    relier(con)


def _sql_repetees(table: Table) -> str:
    """Rowids of the repeated lines that lose: newest modification wins, then the last line."""
    cle = table.cle.lower()
    recent = "date_modification DESC NULLS LAST, " if table.nom in {"stock", "radiation"} else ""
    return f"""
        SELECT rang FROM (
            SELECT rowid AS rang,
                row_number() OVER (PARTITION BY {cle} ORDER BY {recent}rowid DESC) AS place
            FROM {table.nom}
            WHERE motif IS NULL AND {cle} IN (
                SELECT {cle} FROM {table.nom} WHERE motif IS NULL
                GROUP BY {cle} HAVING count(*) > 1
            )
        ) WHERE place > 1"""


def _archiver(
    con: duckdb.DuckDBPyConnection, depot: Depot, receptions: dict[str, Reception], cible: Path
) -> dict[str, Any]:
    cible.mkdir(parents=True)
    for table in contrat().tables.values():
        if not table.nominative or table.nom in receptions:
            con.execute(
                f"COPY ({_sql_archive(table, depot)}) "
                f"TO {citer(str(cible / f'{table.nom}.parquet'))} "
                f"{PARQUET_PAR_NUMERO if table.nom in PAR_NUMERO else PARQUET}"
            )
    for nom in ("rejets", "anomalies_format"):
        con.execute(
            f"COPY (FROM {nom} ORDER BY ALL) TO {citer(str(cible / f'{nom}.parquet'))} {PARQUET}"
        )
    con.execute(
        f"COPY (SELECT *, {_reperes(depot)} FROM {LIENS} ORDER BY numero_unique, code) "
        f"TO {citer(str(cible / FICHIER))} {PARQUET}"
    )
    description = _decrire(con, depot, receptions)
    (cible / "livraison.json").write_text(
        json.dumps(description, ensure_ascii=False, indent=1), "utf-8"
    )
    return description


def _sql_archive(table: Table, depot: Depot) -> str:
    champs = ", ".join(f"t.{colonne.champ}" for colonne in table.colonnes)
    jointure = ""
    if table.nom == "stock":
        champs += (
            ", f.numero_unique IS NOT NULL AS identite_presente, "
            "coalesce(f.doublon_plus_ancien, false) AS doublon_plus_ancien, "
            "coalesce(f.deja_reloge, false) AS deja_reloge"
        )
        jointure = "LEFT JOIN faits AS f ON t.numero_unique = f.numero_unique"
    return (
        f"SELECT {champs}, {_reperes(depot)} FROM {table.nom} AS t {jointure} WHERE t.motif IS NULL"
        f"{' ORDER BY numero_unique NULLS FIRST' if table.nom in PAR_NUMERO else ''}"
    )


def _reperes(depot: Depot) -> str:
    return (
        f"'{depot.departement}' AS departement, DATE '{depot.arrete}' AS arrete, "
        f"'{depot.arrete:%Y-%m}' AS mois"
    )


def _decrire(
    con: duckdb.DuckDBPyConnection, depot: Depot, receptions: dict[str, Reception]
) -> dict[str, Any]:
    return {
        "nom": depot.nom,
        "departement": depot.departement,
        "arrete": depot.arrete.isoformat(),
        "mois": f"{depot.arrete:%Y-%m}",
        "empreinte": depot.empreinte,
        "tables": {
            nom: _decrire_table(con, reception, depot.arrete.isoformat())
            for nom, reception in receptions.items()
        },
        "fichiers_ignores": list(depot.ignores),
        "anomalies_format": _nombre(con, "SELECT coalesce(sum(nombre), 0) FROM anomalies_format"),
        "codes_inconnus": _codes_inconnus(con),
        "guichets_inconnus": _guichets_inconnus(con),
        "guichets_deux_types": _guichets_deux_types(con),
        "plis_sans_demande": _nombre(
            con,
            "SELECT count(*) FROM plis WHERE motif IS NULL AND numero_unique NOT IN ("
            "SELECT numero_unique FROM stock WHERE motif IS NULL "
            "UNION ALL SELECT numero_unique FROM radiation WHERE motif IS NULL)",
        ),
        "messages_guichet_inconnu": _nombre(
            con,
            "SELECT count(*) FROM messages WHERE motif IS NULL AND (guichet IS NULL OR guichet "
            "NOT IN (SELECT code_guichet FROM guichets WHERE motif IS NULL))",
        ),
    }


def _decrire_table(
    con: duckdb.DuckDBPyConnection, reception: Reception, arrete: str
) -> dict[str, Any]:
    table = contrat().tables[reception.table]
    rejets = con.execute(
        'SELECT motif, count(*) FROM rejets WHERE "table" = ? GROUP BY motif ORDER BY motif',
        [reception.table],
    ).fetchall()
    return {
        **{cle: valeur for cle, valeur in asdict(reception).items() if cle != "table"},
        "absentes": [c.nom for c in table.colonnes if c.nom not in reception.livrees],
        "conserves": reception.lus - sum(nombre for _, nombre in rejets),
        "rejets": dict(rejets),
        "faits": compter_faits(con, table, arrete),
    }


def _codes_inconnus(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Codes outside their list, the most used first."""
    lignes = con.execute(
        'SELECT "table", colonne, valeur, nombre FROM anomalies_format '
        "WHERE nature = 'code hors liste' ORDER BY nombre DESC, 1, 2, 3"
    ).fetchall()
    return [{"table": t, "colonne": c, "code": v, "lignes": n} for t, c, v, n in lignes]


def _guichets_inconnus(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Codes of guichets that the register does not know, with the tables and rows that use them."""
    usages = " UNION ALL ".join(
        f"SELECT '{table}' AS \"table\", {champ} AS guichet FROM {table} WHERE motif IS NULL"
        for table, champ in (
            ("stock", "guichet_enregistreur"),
            ("stock", "cle_guichetcreateur"),
            ("radiation", "guichet_enregistreur"),
            ("radiation", "cle_guichetcreateur"),
            ("journal", "guichet"),
            ("messages", "guichet"),
            ("utilisateurs", "guichet"),
        )
    )
    lignes = con.execute(
        f'SELECT guichet, "table", count(*) FROM ({usages}) WHERE guichet IS NOT NULL AND guichet '
        "NOT IN (SELECT code_guichet FROM guichets WHERE motif IS NULL) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [{"guichet": g, "table": t, "lignes": n} for g, t, n in lignes]


def _guichets_deux_types(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Codes that the register has twice, with their types in the order of the file."""
    lignes = con.execute(
        "SELECT code_guichet, list(type_guichet ORDER BY rowid) FROM guichets "
        "WHERE motif IS NULL OR motif = 'ligne répétée' GROUP BY ALL "
        "HAVING count(DISTINCT type_guichet) > 1 ORDER BY 1"
    ).fetchall()
    return [{"guichet": guichet, "types": types} for guichet, types in lignes]


def _nombre(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])

"""Reception of one delivery: from its files to a typed archive, or a refusal without a trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from infocentre.contrat import Table, contrat
from infocentre.entrepot.etats import GROUPE_PAR_NUMERO, PARQUET
from infocentre.entrepot.liens import FICHIER, LIENS
from infocentre.entrepot.relations import citer
from infocentre.livraisons.depot import Depot
from infocentre.livraisons.faits import compter_faits
from infocentre.livraisons.identites import calculer_faits, relier
from infocentre.livraisons.sources import ouvrir_source
from infocentre.livraisons.tables import (
    Lignes,
    Reception,
    ecarter,
    garder,
    noter_anomalies,
    preparer,
    recevoir_table,
)
from infocentre.livraisons.trames import ecrire_parquet, rendre
from infocentre.noyau.erreurs import Refus

GROUPE = 122_880  # rows of a row group: what a thread of DuckDB reads at once
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
        lues = {
            table.nom: _lire(con, table, depot, temporaire, avancement)
            for table in contrat().tables.values()
            if table.nom in depot.fichiers
        }
        receptions = {nom: reception for nom, (reception, _) in lues.items()}
        _resoudre(con, receptions)
        for reception, lignes in lues.values():
            garder(con, lignes)
            noter_anomalies(con, reception, lignes)
        return _archiver(
            con, depot, receptions, {nom: une for nom, (_, une) in lues.items()}, cible
        )
    finally:
        con.close()


def _lire(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    depot: Depot,
    temporaire: Path,
    avancement: Avancement,
) -> tuple[Reception, Lignes]:
    fichier = depot.fichiers[table.nom]
    source = ouvrir_source(
        con, table, fichier, temporaire, avancement.table(table.nom, fichier.stat().st_size)
    )
    attendues = depot.lignes.get(table.nom, source.lus)
    if attendues != source.lus:
        raise Refus(
            f"{attendues} lignes annoncées au manifeste, {source.lus} lues",
            fichier.name,
            "Le fichier est incomplet ou a changé : demander une nouvelle livraison.",
        )
    lue = recevoir_table(con, table, source)
    for reste in temporaire.glob(f"{fichier.name.lower()}*"):
        reste.unlink()
    return lue


def _resoudre(con: duckdb.DuckDBPyConnection, receptions: dict[str, Reception]) -> None:
    """Set aside repeated lines, then the numéros that both files claim."""
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
    con: duckdb.DuckDBPyConnection,
    depot: Depot,
    receptions: dict[str, Reception],
    lignes: dict[str, Lignes],
    cible: Path,
) -> dict[str, Any]:
    cible.mkdir(parents=True)
    renseignees = {}
    for table in contrat().tables.values():
        if not table.nominative or table.nom in receptions:
            fichier = cible / f"{table.nom}.parquet"
            siennes = lignes.pop(table.nom, Lignes.aucune(table))
            renseignees[table.nom] = _archiver_table(con, table, siennes, depot, fichier)
    for nom in ("rejets", "anomalies_format"):
        con.execute(
            f"COPY (FROM {nom} ORDER BY ALL) TO {citer(str(cible / f'{nom}.parquet'))} {PARQUET}"
        )
    con.execute(
        f"COPY (SELECT *, {_reperes(depot)} FROM {LIENS} ORDER BY numero_unique, code) "
        f"TO {citer(str(cible / FICHIER))} {PARQUET}"
    )
    description = _decrire(con, depot, receptions, renseignees)
    (cible / "livraison.json").write_text(
        json.dumps(description, ensure_ascii=False, indent=1), "utf-8"
    )
    return description


def _archiver_table(
    con: duckdb.DuckDBPyConnection, table: Table, lignes: Lignes, depot: Depot, fichier: Path
) -> dict[str, int]:
    """Write the rows kept of a table, with what the names say of the demandes of the stock.

    Return the number of values by column. The view `archive_` of the table reads what was written.
    """
    trame = lignes.trame()
    if table.nom == "stock":
        faits = rendre(con, "SELECT *, true AS identite_presente FROM faits").select(
            "numero_unique", "identite_presente", "doublon_plus_ancien", "deja_reloge"
        )
        dits = trame.select("numero_unique").join(
            faits, on="numero_unique", how="left", maintain_order="left"
        )
        trame = trame.hstack(dits.select(pl.exclude("numero_unique").fill_null(value=False)))
    trame = trame.with_columns(
        pl.lit(depot.departement).alias("departement"),
        pl.lit(depot.arrete).alias("arrete"),
        pl.lit(f"{depot.arrete:%Y-%m}").alias("mois"),
    )
    if table.nom in PAR_NUMERO:
        trame = trame.sort("numero_unique", maintain_order=True)
    ecrire_parquet(trame, fichier, GROUPE_PAR_NUMERO if table.nom in PAR_NUMERO else GROUPE)
    con.execute(f"CREATE VIEW archive_{table.nom} AS FROM read_parquet({citer(str(fichier))})")
    return {serie.name: trame.height - serie.null_count() for serie in trame}


def _reperes(depot: Depot) -> str:
    return (
        f"'{depot.departement}' AS departement, DATE '{depot.arrete}' AS arrete, "
        f"'{depot.arrete:%Y-%m}' AS mois"
    )


def _decrire(
    con: duckdb.DuckDBPyConnection,
    depot: Depot,
    receptions: dict[str, Reception],
    renseignees: dict[str, dict[str, int]],
) -> dict[str, Any]:
    return {
        "nom": depot.nom,
        "departement": depot.departement,
        "arrete": depot.arrete.isoformat(),
        "mois": f"{depot.arrete:%Y-%m}",
        "empreinte": depot.empreinte,
        "tables": {
            nom: _decrire_table(con, reception, depot.arrete.isoformat(), renseignees[nom])
            for nom, reception in receptions.items()
        },
        "fichiers_ignores": list(depot.ignores),
        "anomalies_format": _nombre(con, "SELECT coalesce(sum(nombre), 0) FROM anomalies_format"),
        "codes_inconnus": _codes_inconnus(con),
        "guichets_inconnus": _guichets_inconnus(con),
        "guichets_deux_types": _guichets_deux_types(con),
        "plis_sans_demande": _nombre(
            con,
            "SELECT count(*) FROM archive_plis WHERE numero_unique NOT IN ("
            "SELECT numero_unique FROM archive_stock "
            "UNION ALL SELECT numero_unique FROM archive_radiation)",
        ),
        "messages_guichet_inconnu": _nombre(
            con,
            "SELECT count(*) FROM archive_messages WHERE (guichet IS NULL OR guichet "
            "NOT IN (SELECT code_guichet FROM archive_guichets))",
        ),
    }


def _decrire_table(
    con: duckdb.DuckDBPyConnection,
    reception: Reception,
    arrete: str,
    renseignees: dict[str, int],
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
        "faits": compter_faits(con, table, arrete, renseignees),
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
        f"SELECT '{table}' AS \"table\", {champ} AS guichet FROM archive_{table}"
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
        "NOT IN (SELECT code_guichet FROM archive_guichets) GROUP BY ALL ORDER BY ALL"
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

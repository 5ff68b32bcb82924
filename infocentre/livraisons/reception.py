"""Reception of one delivery: from its files to a typed archive, or a refusal without a trace."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from infocentre.contrat import Table, contrat
from infocentre.entrepot.brouillon import GROUPE, menager, ouvrir_en_memoire
from infocentre.entrepot.description import Faits
from infocentre.entrepot.etats import GROUPE_PAR_NUMERO, PARQUET
from infocentre.entrepot.liens import FICHIER, LIENS
from infocentre.entrepot.relations import citer
from infocentre.livraisons.adaptation import Adaptateur
from infocentre.livraisons.depot import Depot
from infocentre.livraisons.faits import (
    Anomalies,
    Inconnus,
    compter_faits,
    compter_guichets_inconnus,
)
from infocentre.livraisons.identites import calculer_faits, relier
from infocentre.livraisons.registre import REGISTRE, completer
from infocentre.livraisons.sources import ouvrir_source
from infocentre.livraisons.tables import (
    Lignes,
    Lue,
    Reception,
    ecarter,
    garder,
    juger,
    lire_table,
    noter_anomalies,
    preparer,
    recevoir_table,
)
from infocentre.livraisons.trames import ecrire_parquet, rendre
from infocentre.noyau.erreurs import Refus

OCTETS_PAR_LIGNE = 250  # of demandes, in the CSV that weighs the most
# Narrow tables in which one looks for a numéro: sorting them costs little.
# UTF-8 read as Windows writes it, then MS-DOS and Macintosh, or what did not know how to write it.
_ACCENTS_PERDUS = r"Ã[^A-Za-z\s]|\x{FFFD}|\pL[\x{80}-\x{9F}‚ƒ„†‡ˆ‰Š‹Œ“™Ž]\p{Ll}|\pL\?\p{Ll}"
PAR_NUMERO = frozenset({"journal", "plis", "messages", "voeux"})


class Avancement(Protocol):
    """Tells a person how far reading is."""

    def table(self, nom: str, octets: int) -> Callable[[int], None]:
        """Announce a file and return what counts its bytes as they are read."""


def recevoir(depot: Depot, cible: Path, temporaire: Path, avancement: Avancement) -> dict[str, Any]:
    """Write the archive of a delivery under `cible` and return its description (livraison.json).

    `cible` receives one Parquet per table, rejets, anomalies_format and livraison.json; the names
    go to `cible/identites.parquet`, which the caller puts apart. Without a register, the guichets
    that act make a draft of one. Raise Refus when it is refused.
    """
    con = ouvrir_en_memoire(temporaire / "debordement")
    menager(con, max(map(_lignes_supposees, depot.fichiers.values())))
    try:
        preparer(con)
        lues = _lire_toutes(con, depot, temporaire, avancement)
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


def _lignes_supposees(fichier: Path) -> int:
    """Guess the rows of a file by its weight: many, of one that is compressed."""
    if fichier.suffix.lower() != ".csv":
        return GROUPE
    return fichier.stat().st_size // OCTETS_PAR_LIGNE


def _lire_toutes(
    con: duckdb.DuckDBPyConnection, depot: Depot, temporaire: Path, avancement: Avancement
) -> dict[str, tuple[Reception, Lignes]]:
    """Read the tables; the register first, which says the codes of guichets that are known.

    Their texts are judged together: to make ready what judges them is most of the time of few.
    """
    tables = [table for table in contrat().tables.values() if table.nom in depot.fichiers]
    registre = pl.Series([], dtype=pl.String)
    adaptateur = Adaptateur(con, temporaire)
    lues = [
        _lire(con, table, depot, temporaire, avancement, adaptateur)
        for table in sorted(tables, key=lambda une: une.nom != REGISTRE)
    ]
    recues = {}
    for lue, juges in zip(lues, juger(con, lues), strict=True):
        recue = recues[lue.table.nom] = recevoir_table(con, lue, juges, registre)
        if lue.table.nom == REGISTRE:
            registre = _codes_connus(recue[1])
    return {table.nom: recues[table.nom] for table in tables}


def _codes_connus(registre: Lignes) -> pl.Series:
    """Return the codes of the guichets of the register."""
    return registre.valeurs(registre.table.par_nom[registre.table.cle]).cast(pl.String)


def _lire(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    depot: Depot,
    temporaire: Path,
    avancement: Avancement,
    adaptateur: Adaptateur,
) -> Lue:
    fichier, traduction = depot.fichiers[table.nom], depot.traductions.get(table.nom)
    source = ouvrir_source(
        con,
        table,
        fichier,
        temporaire,
        avancement.table(table.nom, fichier.stat().st_size),
        traduction,
    )
    if traduction:
        source = adaptateur.adapter(source, traduction)
    attendues = depot.lignes.get(table.nom, source.lus)
    if attendues != source.lus:
        raise Refus(
            f"{attendues} lignes annoncées au manifeste, {source.lus} lues",
            fichier.name,
            "Le fichier est incomplet ou a changé : demander une nouvelle livraison.",
        )
    lue = lire_table(table, source)
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
    inscrits = lignes.get(REGISTRE)
    connus = _codes_connus(inscrits) if inscrits else pl.Series([], dtype=pl.String)
    anomalies = _compter_anomalies(con)
    faits: dict[str, Faits] = {}
    inconnus: dict[str, Inconnus] = {}
    for table in contrat().tables.values():
        if (table.nominative or table.depuis) and table.nom not in receptions:
            continue
        trame = lignes.pop(table.nom, Lignes.aucune(table)).trame()
        if table.nom in receptions:
            siens = inconnus[table.nom] = compter_guichets_inconnus(trame, table, connus)
            faits[table.nom] = compter_faits(trame, table, depot.arrete, anomalies, siens)
        _archiver_table(con, table, trame, depot, cible / f"{table.nom}.parquet")
    for nom in ("rejets", "anomalies_format"):
        con.execute(
            f"COPY (FROM {nom} ORDER BY ALL) TO {citer(str(cible / f'{nom}.parquet'))} {PARQUET}"
        )
    con.execute(
        f"COPY (SELECT *, {_reperes(depot)} FROM {LIENS} ORDER BY numero_unique, code) "
        f"TO {citer(str(cible / FICHIER))} {PARQUET}"
    )
    description = _decrire(con, depot, receptions, faits, inconnus)
    fichier = cible / "livraison.json"
    fichier.write_text(json.dumps(description, ensure_ascii=False), "utf-8")
    completer(con, cible, None)
    complete: dict[str, Any] = json.loads(fichier.read_text("utf-8"))
    return complete


def _archiver_table(
    con: duckdb.DuckDBPyConnection, table: Table, trame: pl.DataFrame, depot: Depot, fichier: Path
) -> None:
    """Write the rows kept of a table, with what the names say of the demandes of the stock."""
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


def _compter_anomalies(con: duckdb.DuckDBPyConnection) -> Anomalies:
    lignes = con.execute(
        'SELECT "table", colonne, nature, sum(nombre)::BIGINT FROM anomalies_format GROUP BY ALL'
    ).fetchall()
    return {(table, colonne, nature): nombre for table, colonne, nature, nombre in lignes}


def _reperes(depot: Depot) -> str:
    return (
        f"'{depot.departement}' AS departement, DATE '{depot.arrete}' AS arrete, "
        f"'{depot.arrete:%Y-%m}' AS mois"
    )


def _decrire(
    con: duckdb.DuckDBPyConnection,
    depot: Depot,
    receptions: dict[str, Reception],
    faits: dict[str, Faits],
    inconnus: dict[str, Inconnus],
) -> dict[str, Any]:
    rejets: dict[str, dict[str, int]] = {nom: {} for nom in receptions}
    for table, motif, nombre in con.execute(
        'SELECT "table", motif, count(*) FROM rejets GROUP BY ALL ORDER BY ALL'
    ).fetchall():
        rejets[table][motif] = nombre
    tables = {
        nom: _decrire_table(reception, rejets[nom], faits[nom])
        for nom, reception in receptions.items()
    }
    return {
        "nom": depot.nom,
        "departement": depot.departement,
        "arrete": depot.arrete.isoformat(),
        "mois": f"{depot.arrete:%Y-%m}",
        "empreinte": depot.empreinte,
        "tables": tables,
        "fichiers_ignores": list(depot.ignores),
        "correspondance": depot.correspondance,
        "anomalies_format": _nombre(con, "SELECT coalesce(sum(nombre), 0) FROM anomalies_format"),
        "codes_inconnus": _codes_inconnus(con),
        "guichets_inconnus": _guichets_inconnus(inconnus),
        "guichets_deux_types": _guichets_deux_types(con),
        "noms_sans_accents": _noms_sans_accents(con),
        "plis_sans_demande": _nombre(
            con,
            "SELECT count(*) FROM plis WHERE motif IS NULL AND numero_unique NOT IN ("
            "SELECT numero_unique FROM stock WHERE motif IS NULL "
            "UNION ALL SELECT numero_unique FROM radiation WHERE motif IS NULL)",
        ),
        "messages_guichet_inconnu": _sans_guichet_connu(tables.get("messages")),
    }


def _decrire_table(reception: Reception, rejets: dict[str, int], faits: Faits) -> dict[str, Any]:
    table = contrat().tables[reception.table]
    return {
        **{cle: valeur for cle, valeur in asdict(reception).items() if cle != "table"},
        "absentes": [
            c.nom for c in table.colonnes if not c.depuis and c.nom not in reception.livrees
        ],
        "conserves": reception.lus - sum(rejets.values()),
        "rejets": rejets,
        "faits": faits,
    }


def _guichets_inconnus(inconnus: dict[str, Inconnus]) -> list[dict[str, Any]]:
    """Codes of guichets that the register does not know, with the tables and rows that use them."""
    comptes: Counter[tuple[str, str]] = Counter()
    for table, colonnes in inconnus.items():
        for siens in colonnes.values():
            comptes.update({(guichet, table): nombre for guichet, nombre in siens.items()})
    return [
        {"guichet": guichet, "table": table, "lignes": nombre}
        for (guichet, table), nombre in sorted(comptes.items())
    ]


def _sans_guichet_connu(messages: dict[str, Any] | None) -> int:
    """Count the messages that name no guichet, or one that the register does not have."""
    if messages is None:
        return 0
    faits: Faits = messages["faits"]
    connus = faits["colonnes"]["GUICHET"]["renseignees"] - faits["guichets"]["GUICHET"]
    return int(messages["conserves"] - connus)


def _codes_inconnus(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Codes outside their list, the most used first."""
    lignes = con.execute(
        'SELECT "table", colonne, valeur, nombre FROM anomalies_format '
        "WHERE nature = 'code hors liste' ORDER BY nombre DESC, 1, 2, 3"
    ).fetchall()
    return [{"table": t, "colonne": c, "code": v, "lignes": n} for t, c, v, n in lignes]


def _guichets_deux_types(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Codes that the register has twice, with their types in the order of the file."""
    lignes = con.execute(
        "SELECT code_guichet, list(type_guichet ORDER BY rowid) FROM guichets "
        "WHERE motif IS NULL OR motif = 'ligne répétée' GROUP BY ALL "
        "HAVING count(DISTINCT type_guichet) > 1 ORDER BY 1"
    ).fetchall()
    return [{"guichet": guichet, "types": types} for guichet, types in lignes]


def _noms_sans_accents(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of guichets whose accents were lost before they came: « BÃ©ziers », « B?ziers »."""
    lignes = con.execute(
        "SELECT DISTINCT nom FROM guichets "
        "WHERE motif IS NULL AND regexp_matches(nom, $1) ORDER BY 1",
        [_ACCENTS_PERDUS],
    ).fetchall()
    return [nom for (nom,) in lignes]


def _nombre(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])

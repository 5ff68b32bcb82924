"""The analysts' file: pseudonymised, self-contained, with what a query needs and no name.

The numéro unique becomes sha256(key ‖ numéro); of the birth date only the year stays; the other
personal columns of the contract are left out.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

import duckdb

from infocentre.contrat import Colonne, Table, contrat
from infocentre.entrepot import Brouillon, Dossier, sql_references
from infocentre.entrepot.relations import citer

MESURES = ("valeurs", "revisions", "estimations", "registre", "soldes")
ACTES = ("journal", "messages", "plis", "utilisateurs")


def cle(dossier: Dossier) -> str:
    """Return the pseudonymisation key: INFOCENTRE_CLE, else a file of mode 0600, made once."""
    if valeur := os.environ.get("INFOCENTRE_CLE"):
        return valeur
    fichier = dossier.racine / "cle"
    if not fichier.exists():
        partiel = dossier.temporaire / "cle"
        descripteur = os.open(partiel, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descripteur, "w", encoding="ascii") as flux:
            flux.write(secrets.token_hex(32))
        partiel.replace(fichier)
    return fichier.read_text("ascii").strip()


def actualiser_analystes(dossier: Dossier, brouillon: Brouillon, departements: list[str]) -> None:
    """Rewrite these départements in the analysts' file of a version in the making."""
    fichier = dossier.temporaire / "analystes.duckdb"
    if brouillon.analystes.exists():
        shutil.copyfile(brouillon.analystes, fichier)
        brouillon.analystes.unlink()
    with duckdb.connect(str(fichier)) as con:
        con.execute("SET enable_progress_bar = false")
        con.execute("SET preserve_insertion_order = false")
        con.execute("CREATE TEMP TABLE secret AS SELECT ? AS cle", [cle(dossier)])
        _copier_mesures(con, brouillon)
        _copier_demandes(con, dossier, brouillon, departements)
        con.execute("CHECKPOINT")
    shutil.move(fichier, brouillon.analystes)


def _copier_mesures(con: duckdb.DuckDBPyConnection, brouillon: Brouillon) -> None:
    """Copy whole what names nobody: values, register, standard tables, reference lists."""
    con.execute(f"ATTACH {citer(str(brouillon.entrepot))} AS publie (READ_ONLY)")
    tableaux = [
        nom
        for (nom,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'publie'"
        ).fetchall()
        if nom in MESURES or nom.split("_")[0].rstrip("0123456789") in {"tab", "att", "dem"}
    ]
    for nom in sorted(tableaux):
        con.execute(f"CREATE OR REPLACE TABLE {nom} AS FROM publie.{nom} ORDER BY ALL")
    con.execute("DETACH publie")
    for instruction in sql_references().values():
        con.execute(instruction.replace("TEMP TABLE", "TABLE"))


def _copier_demandes(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, brouillon: Brouillon, departements: list[str]
) -> None:
    """Copy the newest state of each demande, and the acts of the newest delivery."""
    version = brouillon.version
    etats = [dossier.etats / version.etats[departement] for departement in departements]
    archives = [dossier.archive(version.de(departement)[-1]) for departement in departements]
    actes = {nom: [archive / f"{nom}.parquet" for archive in archives] for nom in ACTES}
    _pseudonymiser(con, [etats, *(actes[nom] for nom in ACTES if _a_un_numero(nom))])
    demandes = contrat().tables["radiation"]
    _remplacer(con, "demandes", departements, _sql_masquee(demandes, "vue_le, statut", etats))
    for nom, fichiers in actes.items():
        sql = _sql_masquee(contrat().tables[nom], "arrete", fichiers)
        _remplacer(con, nom, departements, sql)


def _a_un_numero(table: str) -> bool:
    return "NUMERO_UNIQUE" in contrat().tables[table].par_nom


def _pseudonymiser(con: duckdb.DuckDBPyConnection, sources: list[list[Path]]) -> None:
    """Create `pseudonymes`: each numéro is hashed once, however many acts bear on it."""
    numeros = " UNION ".join(
        f"SELECT numero_unique FROM {_lecture(fichiers)} WHERE numero_unique IS NOT NULL"
        for fichiers in sources
    )
    con.execute(
        "CREATE TEMP TABLE pseudonymes AS SELECT numero_unique, "
        f"sha256((SELECT cle FROM secret) || numero_unique) AS pseudonyme FROM ({numeros})"
    )


def _lecture(fichiers: list[Path]) -> str:
    return f"read_parquet([{', '.join(citer(str(fichier)) for fichier in fichiers)}])"


def _sql_masquee(table: Table, reperes: str, fichiers: list[Path]) -> str:
    """Return the SELECT of what the analysts may have of some files of a table."""
    champs = ", ".join(champ for colonne in table.colonnes if (champ := _masquee(colonne)))
    jointure = "LEFT JOIN pseudonymes USING (numero_unique)" if _a_un_numero(table.nom) else ""
    return f"SELECT departement, {reperes}, {champs} FROM {_lecture(fichiers)} {jointure}"


def _masquee(colonne: Colonne) -> str | None:
    """Return what the analysts' file holds of a column, None when it is left out."""
    champ = colonne.champ
    if colonne.masque == "omettre":
        return None
    if colonne.masque == "pseudonyme":
        return f"pseudonyme AS {champ}"
    if colonne.masque == "annee":
        return f"year({champ}) AS annee_{champ.removeprefix('date_')}"
    return champ


def _remplacer(con: duckdb.DuckDBPyConnection, nom: str, departements: list[str], sql: str) -> None:
    """Replace the rows of these départements in a table, made like the SELECT when it is new."""
    con.execute(f"CREATE TABLE IF NOT EXISTS {nom} AS {sql} LIMIT 0")
    concernes = ", ".join(citer(departement) for departement in departements)
    con.execute(f"DELETE FROM {nom} WHERE departement IN ({concernes})")
    con.execute(f"INSERT INTO {nom} BY NAME {sql}")

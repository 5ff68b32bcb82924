"""The analysts' file: pseudonymised, self-contained, with what a query needs and no name.

The numéro unique becomes sha256(key ‖ numéro); of the birth date only the year stays; the other
personal columns of the contract are left out.
"""

from __future__ import annotations

import os
import secrets
import shutil

import duckdb

from infocentre.contrat import Colonne, Table, contrat
from infocentre.entrepot import Brouillon, Dossier, sql_relations
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
        con.execute("CREATE TEMP TABLE secret AS SELECT ? AS cle", [cle(dossier)])
        _copier_mesures(con, brouillon)
        for departement in departements:
            _copier_departement(con, dossier, brouillon, departement)
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
    for instruction in sql_relations([])[-2:]:
        con.execute(instruction.replace("TEMP TABLE", "TABLE"))


def _copier_departement(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, brouillon: Brouillon, departement: str
) -> None:
    etat = dossier.etats / brouillon.version.etats[departement]
    colonnes = contrat().tables["radiation"].colonnes
    demandes = ", ".join(filter(None, map(_masquee, colonnes)))
    _remplacer(
        con,
        "demandes",
        departement,
        f"SELECT departement, vue_le, statut, {demandes} FROM read_parquet({citer(str(etat))})",
    )
    archive = dossier.archive(brouillon.version.de(departement)[-1])
    for nom in ACTES:
        _remplacer(con, nom, departement, _sql_actes(contrat().tables[nom], str(archive)))


def _sql_actes(table: Table, archive: str) -> str:
    champs = ", ".join(filter(None, map(_masquee, table.colonnes)))
    fichier = citer(f"{archive}/{table.nom}.parquet")
    return f"SELECT departement, arrete, {champs} FROM read_parquet({fichier})"


def _masquee(colonne: Colonne) -> str | None:
    """Return what the analysts' file holds of a column, None when it is left out."""
    champ = colonne.champ
    if colonne.masque == "omettre":
        return None
    if colonne.masque == "pseudonyme":
        return f"sha256((SELECT cle FROM secret) || {champ}) AS {champ}"
    if colonne.masque == "annee":
        return f"year({champ}) AS annee_{champ.removeprefix('date_')}"
    return champ


def _remplacer(con: duckdb.DuckDBPyConnection, nom: str, departement: str, sql: str) -> None:
    con.execute(f"CREATE TABLE IF NOT EXISTS {nom} AS {sql} LIMIT 0")
    con.execute(f"DELETE FROM {nom} WHERE departement = '{departement}'")
    con.execute(f"INSERT INTO {nom} BY NAME {sql}")

"""The pipeline from deliveries to values, in one DuckDB connection and without its command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb

from infocentre.catalogue import Catalogue, lire_catalogue
from infocentre.contrat import contrat
from infocentre.contrat.territoires import fichier_des_communes
from infocentre.livraisons.depot import ouvrir_depot
from infocentre.livraisons.reception import recevoir
from infocentre.mesures import (
    assembler_comptes,
    calculer_valeurs,
    compter,
    ecrire_regles,
    populations,
)


class Silence:
    """Progress that nobody reads."""

    def table(self, _nom: str, _octets: int, /) -> Callable[[int], None]:
        """Ignore the file."""
        return lambda _lus: None


def recevoir_toutes(livraisons: Iterable[Path], dossier: Path) -> list[dict[str, Any]]:
    """Receive each delivery under `dossier/<AAAA-MM>` and return their descriptions."""
    descriptions = []
    for livraison in livraisons:
        temporaire = dossier / "temporaire" / livraison.name
        temporaire.mkdir(parents=True)
        depot = ouvrir_depot(livraison, temporaire)
        descriptions.append(recevoir(depot, dossier / livraison.name, temporaire, Silence()))
    return descriptions


def ouvrir(dossier: Path) -> duckdb.DuckDBPyConnection:
    """Open the received months: one view per table, and the references."""
    con = duckdb.connect()
    for nom, table in contrat().tables.items():
        if not table.nominative and not table.depuis:
            fichiers = sorted(str(f) for f in dossier.glob(f"20*/{nom}.parquet"))
            con.read_parquet(fichiers).create_view(nom)
    con.read_parquet(str(fichier_des_communes())).create_view("communes")
    con.execute("CREATE TABLE codes (liste VARCHAR, code VARCHAR, libelle VARCHAR)")
    return con


def valoriser(con: duckdb.DuckDBPyConnection) -> Catalogue:
    """Compute `valeurs_calculees` of all the received months."""
    catalogue = lire_catalogue()
    for population in populations(catalogue):
        compter(con, catalogue, population)
    assembler_comptes(con, catalogue)
    ecrire_regles(con, catalogue)
    con.execute(
        "CREATE TABLE registre AS SELECT departement, mois, code_guichet AS guichet, nom, "
        "type_guichet, coalesce(siren, code_guichet) AS organisme, * EXCLUDE "
        "(departement, mois, code_guichet, nom, type_guichet, arrete) FROM guichets"
    )
    con.execute(
        "CREATE TABLE calculabilite AS SELECT code, departement, mois, true AS calculable "
        "FROM regles, (SELECT DISTINCT departement, mois FROM guichets)"
    )
    calculer_valeurs(con)
    return catalogue

"""What all SQL sees: views over the archives of some months, and the reference lists."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from infocentre.contrat import Table, contrat

COMMUNES = "communes.csv.gz"
COLONNES_COMMUNES = "code, nom, type, departement, epci, epci_nom"


def citer(texte: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + texte.replace("'", "''") + "'"


def sql_relations(archives: list[Path]) -> list[str]:
    """Return the statements that create stock, radiation, …, communes and codes as temporary.

    Every table has the contract's columns in lower case, then departement, arrete and mois.
    """
    tables = [table for table in contrat().tables.values() if not table.nominative]
    return [
        *(_sql_vue(table, archives) for table in tables),
        _sql_communes(),
        _sql_codes(),
    ]


def _sql_vue(table: Table, archives: list[Path]) -> str:
    vue = f"CREATE OR REPLACE TEMP VIEW {table.nom} AS"
    if not archives:
        champs = ", ".join(f"NULL::{c.type_sql} AS {c.champ}" for c in table.colonnes)
        faits = (
            ", NULL::BOOLEAN AS identite_presente, NULL::BOOLEAN AS doublon_plus_ancien, "
            "NULL::BOOLEAN AS deja_reloge"
            if table.nom == "stock"
            else ""
        )
        return (
            f"{vue} SELECT {champs}{faits}, NULL::VARCHAR AS departement, NULL::DATE AS arrete, "
            "NULL::VARCHAR AS mois LIMIT 0"
        )
    fichiers = ", ".join(citer(str(archive / f"{table.nom}.parquet")) for archive in archives)
    return f"{vue} SELECT * FROM read_parquet([{fichiers}])"


def _sql_communes() -> str:
    dossier = resources.files("infocentre.contrat") / "referentiels" / COMMUNES
    return (
        "CREATE OR REPLACE TEMP TABLE communes AS "
        f"SELECT {COLONNES_COMMUNES} FROM read_csv({citer(str(dossier))}, all_varchar = true, "
        "header = true, delim = ',', quote = '\"', escape = '\"', auto_detect = false, columns = {"
        "'code': 'VARCHAR', 'nom': 'VARCHAR', 'type': 'VARCHAR', 'departement': 'VARCHAR', "
        "'region': 'VARCHAR', 'epci': 'VARCHAR', 'epci_nom': 'VARCHAR', 'population': 'VARCHAR'})"
    )


def _sql_codes() -> str:
    lignes = ", ".join(
        f"({citer(liste)}, {citer(code)}, {citer(libelle)})"
        for liste, codes in contrat().codes.items()
        for code, libelle in codes.items()
    )
    return (
        "CREATE OR REPLACE TEMP TABLE codes AS "
        f"SELECT * FROM (VALUES {lignes}) AS valeurs (liste, code, libelle)"
    )

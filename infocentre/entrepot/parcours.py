"""What the deliveries say of each numéro, each thing once: what the life of a demande reads.

An archive says again what the one before said. Its life read in sixty of them opens three hundred
files; here, in four, sorted by numéro in row groups. Each is a function of the archives and
of nothing else; none has a column that `purger` masks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from infocentre.contrat import contrat
from infocentre.entrepot.brouillon import Brouillon
from infocentre.entrepot.dossier import Dossier
from infocentre.entrepot.etats import parquet
from infocentre.entrepot.relations import citer, lecture_de, sql_archives

# A footer grows with the row groups: these cost the least from 20 000 demandes to 250 000.
PARQUET_PARCOURS = parquet("ROW_GROUP_SIZE 32768")
VUES = "vues"
TABLES = ("journal", "plis", "messages")


def fichiers_parcours(dossier: Dossier, etat: str) -> dict[str, Path] | None:
    """Return the file of `vues` and of each of TABLES beside a state, None unless all are there.

    Data directories of before have none until their next delivery, or `reconstruire`.
    """
    cible = _cible(dossier, etat)
    fichiers = {nom: cible / f"{nom}.parquet" for nom in (VUES, *TABLES)}
    return fichiers if all(fichier.exists() for fichier in fichiers.values()) else None


def calculer_parcours(
    con: duckdb.DuckDBPyConnection,
    dossier: Dossier,
    brouillon: Brouillon,
    departement: str,
    precedent: Path | None = None,
) -> None:
    """Write the files that stand beside the state of a département.

    `vues`: one row per numéro and distinct content of its stock or radiation row, with the first
    `arrete` that shows it. journal, plis, messages: one row per identifier, as the newest `arrete`
    tells it. `precedent` is that of `calculer_etat`.
    """
    etat = brouillon.version.etats[departement]
    avant = precedent and fichiers_parcours(dossier, _nom(dossier, precedent))
    livraisons = brouillon.version.de(departement)[-1 if avant else 0 :]
    archives = [dossier.archive(une) for une in livraisons]
    cible = _cible(dossier, etat)
    for nom in (VUES, *TABLES):
        sql = sql_vues(archives) if nom == VUES else _sql_actes(nom, archives)
        if avant:
            sql += f" UNION ALL BY NAME FROM read_parquet({citer(str(avant[nom]))})"
        with brouillon.ecrire(cible / f"{nom}.parquet", dossier.temporaire) as partiel:
            con.execute(
                f"COPY ({_sql_une_fois(nom, sql)}) TO {citer(str(partiel))} {PARQUET_PARCOURS}"
            )


def _cible(dossier: Dossier, etat: str) -> Path:
    return dossier.parcours / etat.removesuffix(".parquet")


def _nom(dossier: Dossier, etat: Path) -> str:
    return str(etat.relative_to(dossier.etats))


def sql_vues(archives: Sequence[Path]) -> str:
    """Return the SELECT of what the stock and radiation of some archives say of each numéro."""
    return " UNION ALL BY NAME ".join(
        f"SELECT {', '.join((*_retenues(table), 'arrete'))} FROM {_table(archives, table)}"
        for table in ("stock", "radiation")
    )


def _retenues(table: str) -> list[str]:
    """Return the columns that the life of a demande reads in a table."""
    colonnes = contrat().tables[table].colonnes
    return ["numero_unique", *(une.champ for une in colonnes if une.parcours or une.fait)]


def sql_vues_ecrites(fichiers: Sequence[Path]) -> str:
    """Return the relation of the `vues` that some files hold; a column newer than one is null."""
    radiation = contrat().tables["radiation"].par_nom
    types = {nom: radiation[nom.upper()].type_sql for nom in _retenues("radiation")}
    nulles = ", ".join(f"NULL::{type_sql} AS {nom}" for nom, type_sql in types.items())
    ecrites = lecture_de(fichiers, union=True)
    return f"(FROM {ecrites} UNION ALL BY NAME FROM (SELECT {nulles} LIMIT 0))"


def _sql_actes(table: str, archives: Sequence[Path]) -> str:
    champs = ", ".join(colonne.champ for colonne in contrat().tables[table].colonnes)
    return f"SELECT {champs}, arrete FROM {_table(archives, table)}"


def _table(archives: Sequence[Path], table: str) -> str:
    fichiers = [archive / f"{table}.parquet" for archive in archives]
    return f"({sql_archives(contrat().tables[table], fichiers)})"


def _sql_une_fois(nom: str, sql: str) -> str:
    """Say each thing once: the first time that it is seen, or the last state of an act."""
    if nom == VUES:
        garde = f"SELECT * EXCLUDE (arrete), min(arrete) AS arrete FROM ({sql}) GROUP BY ALL"
    else:
        cle = f"numero_unique, {contrat().tables[nom].cle.lower()}"
        garde = (
            f"FROM ({sql}) WHERE numero_unique IS NOT NULL "
            f"QUALIFY row_number() OVER (PARTITION BY {cle} ORDER BY arrete DESC) = 1"
        )
    return f"{garde} ORDER BY numero_unique"

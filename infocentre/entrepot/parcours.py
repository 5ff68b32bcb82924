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
from infocentre.entrepot.etats import PARQUET
from infocentre.entrepot.relations import citer, sql_archives

# A footer grows with the row groups: these cost the least from 20 000 demandes to 250 000.
PARQUET_PARCOURS = PARQUET.replace(")", ", ROW_GROUP_SIZE 32768)")
VUES = "vues"
TABLES = ("journal", "plis", "messages")
DATES = ("date_creation", "date_modification", "date_renouvellement", "date_preavis_simple",
         "date_preavis_ar")  # fmt: skip
_COMMUNES = ("numero_unique", "cle_guichetcreateur", "guichet_enregistreur", *DATES)
_RADIATION = ("date_radiation", "motif_radiation", "smotif_radiation", "date_signature_bail",
              "type_logement_attrib", "commune_logement_attrib", "type_reservataire",
              "attribue_dalo")  # fmt: skip


def fichiers_parcours(dossier: Dossier, etat: str) -> dict[str, Path] | None:
    """Return the file of `vues` and of each of TABLES beside a state, None unless all are there.

    Data directories of before have none until their next delivery, or `reconstruire`.
    """
    cible = _cible(dossier, etat)
    fichiers = {nom: cible / f"{nom}.parquet" for nom in (VUES, *TABLES)}
    return fichiers if all(fichier.exists() for fichier in fichiers.values()) else None


def calculer_parcours(
    dossier: Dossier, brouillon: Brouillon, departement: str, precedent: Path | None = None
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
    with duckdb.connect(config={"temp_directory": str(dossier.temporaire / "parcours")}) as con:
        con.execute("SET enable_progress_bar = false")
        for nom in (VUES, *TABLES):
            sql = sql_vues(archives) if nom == VUES else _sql_actes(nom, archives)
            if avant:
                sql += f" UNION ALL BY NAME FROM read_parquet({citer(str(avant[nom]))})"
            partiel = dossier.temporaire / f"{nom}.parquet"
            con.execute(
                f"COPY ({_sql_une_fois(nom, sql)}) TO {citer(str(partiel))} {PARQUET_PARCOURS}"
            )
            brouillon.poser(partiel, cible / partiel.name)


def _cible(dossier: Dossier, etat: str) -> Path:
    return dossier.parcours / etat.removesuffix(".parquet")


def _nom(dossier: Dossier, etat: Path) -> str:
    return str(etat.relative_to(dossier.etats))


def sql_vues(archives: Sequence[Path]) -> str:
    """Return the SELECT of what the stock and radiation of some archives say of each numéro."""
    communes = ", ".join((*_COMMUNES, "arrete"))
    return (
        f"SELECT {communes} FROM {_table(archives, 'stock')} UNION ALL BY NAME "
        f"SELECT {communes}, {', '.join(_RADIATION)} FROM {_table(archives, 'radiation')}"
    )


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

"""A delivery beside another of the same département: what both hold, what went, what is alike."""

from __future__ import annotations

from pathlib import Path

import duckdb

from infocentre.entrepot.relations import citer, en_lignes

_MEMES = ("date_modification", "date_renouvellement", "date_creation", "guichet_enregistreur")


def rapprocher(con: duckdb.DuckDBPyConnection, archive: Path, autre: Path) -> dict[str, int]:
    """Count what two archives have in common, `autre` being that of the arrêté before.

    `avant` and `apres` are rows of stock; `memes` those alike in both; `disparues` the numéros of
    the stock before that are in no file now; `guichets` of the register before, `gardes` those
    still there under the same name.
    """
    alike = " AND ".join(f"s.{champ} IS NOT DISTINCT FROM a.{champ}" for champ in _MEMES)
    stock, radiation, guichets = (
        _table(archive, nom) for nom in ("stock", "radiation", "guichets")
    )
    sql = f"""
        SELECT count(*) AS avant, (SELECT count(*) FROM {stock}) AS apres,
            count(*) FILTER (s.numero_unique IS NOT NULL AND {alike}) AS memes,
            count(*) FILTER (s.numero_unique IS NULL AND r.numero_unique IS NULL) AS disparues,
            (SELECT count(*) FROM {_table(autre, "guichets")}) AS guichets,
            (SELECT count(*) FROM {_table(autre, "guichets")} AS g
            SEMI JOIN {guichets} AS n USING (code_guichet, nom)) AS gardes
        FROM {_table(autre, "stock")} AS a
        LEFT JOIN {stock} AS s ON a.numero_unique = s.numero_unique
        LEFT JOIN {radiation} AS r ON a.numero_unique = r.numero_unique"""
    (compte,) = en_lignes(con.execute(sql))
    return compte


def _table(archive: Path, nom: str) -> str:
    return f"read_parquet({citer(str(archive / f'{nom}.parquet'))})"

"""Frames between polars, DuckDB and the disk; the two speak Arrow streams, without PyArrow."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl


@dataclass(frozen=True, slots=True)
class _Pretee:
    """A frame that DuckDB reads as a stream; it would ask of a polars one to be a PyArrow table."""

    trame: pl.DataFrame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.trame.__arrow_c_stream__(requested_schema)


def preter(con: duckdb.DuckDBPyConnection, nom: str, trame: pl.DataFrame) -> None:
    """Let DuckDB read a frame under this name, until it is unregistered."""
    con.register(nom, _Pretee(trame))


def rendre(con: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    """Return the rows of a SELECT."""
    return pl.DataFrame(con.sql(sql))


def ecrire_parquet(trame: pl.DataFrame, fichier: Path, groupe: int) -> None:
    """Write a frame in row groups of this many rows; raise OSError when the disk refuses.

    polars would say by another error that the disk is full.
    """
    tampon = io.BytesIO()
    trame.write_parquet(tampon, compression="zstd", row_group_size=groupe)
    fichier.write_bytes(tampon.getbuffer())

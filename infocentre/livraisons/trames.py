"""Frames between polars, DuckDB and the disk; the two speak Arrow streams, without PyArrow."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl


@contextlib.contextmanager
def preter(con: duckdb.DuckDBPyConnection, nom: str, trame: pl.DataFrame) -> Iterator[None]:
    """Let one query of DuckDB read a frame under this name: a stream is read once.

    An object that could give the stream again, DuckDB hands to PyArrow where that is installed,
    which takes seventeen times as long.
    """
    con.register(nom, trame.__arrow_c_stream__())
    try:
        yield
    finally:
        con.unregister(nom)


def rendre(con: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    """Return the rows of a SELECT."""
    return pl.DataFrame(con.sql(sql))


def ecrire_parquet(trame: pl.DataFrame, fichier: Path, groupe: int) -> None:
    """Write a frame in row groups of this many rows; raise OSError when the disk refuses.

    polars would say by another error that the disk is full.
    """
    tampon = io.BytesIO()
    trame.write_parquet(tampon, compression="zstd", row_group_size=groupe)
    with fichier.open("wb") as flux:
        flux.write(tampon.getbuffer())  # nothing keeps it when the disk refuses

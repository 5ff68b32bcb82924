"""Frames go between polars and DuckDB by themselves."""

from __future__ import annotations

import subprocess
import sys

ALLER_RETOUR = """
import sys
import duckdb, polars as pl
from infocentre.livraisons.trames import preter, rendre

con = duckdb.connect()
with preter(con, "lues", pl.DataFrame({"n": [1, 2, 3]})):
    somme = rendre(con, "SELECT sum(n)::INT AS n FROM lues WHERE n > 1")
print(somme["n"].to_list(), "pyarrow" in sys.modules)
"""


def test_a_frame_goes_through_without_pyarrow() -> None:
    """PyArrow is installed, with Splink; a frame that goes through it takes far longer."""
    fait = subprocess.run(
        [sys.executable, "-c", ALLER_RETOUR], capture_output=True, text=True, check=True
    )
    assert fait.stdout == "[5] False\n"

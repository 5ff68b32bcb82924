"""The formats in which rows, results of queries and documents are taken away.

`csv` is for programs; `csv-excel` is what a French spreadsheet opens at a click.
"""

from __future__ import annotations

from typing import Literal

Fichier = Literal["csv", "json", "xlsx"]
Format = Literal["table", Fichier, "csv-excel"]
FichierRequete = Literal[Fichier, "parquet"]
FormatRequete = Literal["table", Fichier, "parquet"]

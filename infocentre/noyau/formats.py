"""The formats in which rows, results of queries and documents are taken away."""

from __future__ import annotations

from typing import Literal

Fichier = Literal["csv", "json", "xlsx"]
Format = Literal["table", Fichier]
FichierRequete = Literal[Fichier, "parquet"]
FormatRequete = Literal[Format, "parquet"]

"""The formats in which rows, results of queries and documents are taken away.

`csv` is for programs; `csv-excel` is what a French spreadsheet opens at a click.
"""

from __future__ import annotations

import csv
from typing import IO, TYPE_CHECKING, Literal

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer

if TYPE_CHECKING:
    from _csv import Writer
    from collections.abc import Collection, Sequence
    from pathlib import Path

Fichier = Literal["csv", "json", "xlsx"]
Format = Literal["table", Fichier, "csv-excel"]
FormeContrat = Literal["table-schema", "csv", "md"]
FichierRequete = Literal[Fichier, "parquet"]
FormatRequete = Literal["table", Fichier, "parquet"]


def selon_le_nom(sortie: Path | None, formes: Collection[str]) -> str:
    """Return which of these formats the name of a file tells, « table » when it tells none."""
    suffixe = sortie.suffix.lower().removeprefix(".") if sortie else ""
    return suffixe if suffixe in formes else "table"


def exiger_forme(sortie: Path, formes: Sequence[str]) -> str:
    """Return which of these formats the name of a file tells; raise Refus when it tells none."""
    forme = selon_le_nom(sortie, formes)
    if forme not in formes:
        raise _sans_forme(sortie, formes)
    return forme


def choisir_forme(voulue: str | None, sortie: Path | None, formes: Sequence[str]) -> str:
    """Return the format that is told, else what the name of the file tells; refuse two."""
    nommee = selon_le_nom(sortie, formes)
    if voulue is None or voulue == "table":
        return nommee
    if nommee not in {"table", voulue.removesuffix("-excel")}:
        raise contredits(voulue, nommee, sortie)
    return voulue


def exiger_nom_de_table(sortie: Path, formes: Sequence[str]) -> None:
    """Raise Refus for a name that is of no table as the terminal shows it: .txt, or no ending."""
    if sortie.suffix.lower() not in {"", ".txt"}:
        raise _sans_forme(sortie, [*formes, "txt"])


def _sans_forme(sortie: Path, formes: Sequence[str]) -> Refus:
    possibles = enumerer([f".{une}" for une in formes], "ou")
    return Refus(
        "ce nom de fichier ne dit pas une des formes de ce document",
        str(sortie),
        f"Nommer un fichier {possibles}.",
    )


def contredits(forme: str, nomme: str, sortie: Path | None) -> Refus:
    """Return the refusal of a form that is asked for in a file that is named after another one."""
    return Refus(
        f"--format {forme} et le nom du fichier, en .{nomme}, se contredisent",
        str(sortie),
        f"Donner un nom en .{forme.removesuffix('-excel')}, ou --format {nomme}.",
    )


class _Lignes:
    """Rows of csv, each ended by a line feed alone."""

    def __init__(self, flux: IO[str]) -> None:
        self._flux = flux

    def write(self, ligne: str) -> int:
        return self._flux.write(f"{ligne[:-2]}\n")


def ecrivain_csv(flux: IO[str]) -> Writer:
    r"""Return what writes the rows of a `csv`: `;` between cells, `\n` after each row.

    A cell that holds `\r` or `\n` is between quotes: before 3.13, Python leaves as it is the one of
    the two that ends no row, and a spreadsheet computes what follows it.
    """
    return csv.writer(_Lignes(flux), delimiter=";", lineterminator="\r\n")

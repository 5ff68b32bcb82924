"""How the forms write what they hold: spellings of a cell, files of texts, workbooks."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import xlsxwriter

from infocentre.contrat import Colonne, contrat
from infocentre.demo.formes.livraison import JOUR

FR = "$3/$2/$1"
"""A day as French people write it, from the one spelling of `livraison`."""

_EXCEL = "dd/mm/yyyy"


def dates(cellule: pl.Expr, modele: str) -> pl.Expr:
    """Write days after a model of their year ($1), month ($2) and day ($3)."""
    return cellule.str.replace(JOUR, modele)


def a_virgule(cellule: pl.Expr) -> pl.Expr:
    """Write numbers with a decimal comma."""
    return cellule.str.replace(".", ",", literal=True)


def libelles(colonne: Colonne) -> Mapping[str, str]:
    """Return the words for each value of a column, empty when it has none but its own."""
    if colonne.type == "indicatrice":
        return {"1": "Oui", "0": "Non"}
    return contrat().codes[colonne.codes] if colonne.codes else {}


def en_mots(table: str, lignes: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a table with labels in place of codes."""
    connues = contrat().tables[table].par_nom
    mots = {nom: libelles(connues[nom]) for nom in lignes.columns}
    return lignes.with_columns(
        pl.col(nom).replace(list(siens), list(siens.values())) for nom, siens in mots.items()
    )


def en_francais(table: str, lignes: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their days and numbers as French people write them."""
    connues = contrat().tables[table].par_nom
    return lignes.with_columns(_francais(connues[nom]) for nom in lignes.columns)


def _francais(colonne: Colonne) -> pl.Expr:
    cellule = pl.col(colonne.nom)
    if colonne.type in {"date", "naissance"}:
        return dates(cellule, FR)
    return a_virgule(cellule) if colonne.type == "decimal" else cellule


def texte(
    cible: Path,
    lignes: pl.DataFrame,
    *,
    separateur: str = ";",
    encodage: str = "cp1252",
    fin: str = "\r\n",
) -> None:
    """Write a file of texts, its columns on the first line; nulls are empty."""
    tampon = io.BytesIO()
    lignes.write_csv(tampon, separator=separateur, line_terminator=fin)
    cible.write_bytes(tampon.getvalue().decode().encode(encodage))


class Classeur:
    """A workbook being written, with days and numbers as Excel holds them; `clore` ends it."""

    def __init__(self, cible: Path) -> None:
        """Begin a workbook that says the same day of making whatever the day."""
        self._livre = xlsxwriter.Workbook(cible, {"constant_memory": True})
        self._livre.set_properties({"created": dt.datetime(2026, 1, 1)})  # noqa: DTZ001 - Excel has none
        self._jour = self._livre.add_format({"num_format": _EXCEL})

    def feuille(
        self,
        nom: str,
        table: str,
        lignes: pl.DataFrame,
        *,
        entete: Sequence[str] = (),
        titres: Sequence[str] = (),
        pied: Sequence[str] = (),
    ) -> None:
        """Add a sheet: its titles, the names of its columns, its rows, what stands under them."""
        feuille = self._livre.add_worksheet(nom)
        for rang, titre in enumerate(titres):
            feuille.write_string(rang, 0, titre)
        feuille.write_row(len(titres), 0, entete or lignes.columns)
        premiere = len(titres) + 1
        colonnes = [self._natives(table, une) for une in lignes.get_columns()]
        for rang, cellules in enumerate(zip(*colonnes, strict=True)):
            self._ligne(feuille, premiere + rang, cellules)
        for rang, mot in enumerate(pied):
            feuille.write_string(premiere + lignes.height + rang, 0, mot)

    def clore(self) -> None:
        """Write the workbook on the disk."""
        self._livre.close()

    def _ligne(
        self,
        feuille: xlsxwriter.worksheet.Worksheet,
        rang: int,
        cellules: Sequence[str | float | dt.date | None],
    ) -> None:
        for colonne, valeur in enumerate(cellules):
            if isinstance(valeur, str):
                feuille.write_string(rang, colonne, valeur)
            elif isinstance(valeur, dt.date):
                feuille.write_datetime(rang, colonne, valeur, self._jour)
            elif valeur is not None:
                feuille.write_number(rang, colonne, valeur)

    @staticmethod
    def _natives(table: str, colonne: pl.Series) -> list[str | float | dt.date | None]:
        """Return the cells of a column as Excel holds them; a text where it can hold no better."""
        type_ = contrat().tables[table].par_nom[colonne.name].type
        if type_ in {"date", "naissance"}:
            jours = colonne.str.to_date("%Y-%m-%d", strict=False)
            lus: pl.Series = jours.set(jours < dt.date(1900, 1, 1), None)  # Excel begins there
        elif type_ in {"entier", "decimal"}:
            lus = colonne.cast(pl.Float64, strict=False)
        else:
            return colonne.to_list()
        return [brut if lu is None else lu for lu, brut in zip(lus, colonne, strict=True)]

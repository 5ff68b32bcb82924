"""The full result of a query as a file, written as it comes: csv, json, xlsx, parquet."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from infocentre.exports import DECIMALES, ecrire_lecture, sans_formule
from infocentre.noyau.fichiers import en_place, refus_d_ecriture
from infocentre.noyau.formats import FichierRequete, ecrivain_csv
from infocentre.requetes.modele import Colonne

Lots = Iterable[list[tuple[Any, ...]]]
TEXTE_XLSX, ENTIER_XLSX = 32_767, 10**15
COUPE = "… (texte coupé, entier en csv)"


def ecrire(
    colonnes: Sequence[Colonne],
    lots: Lots,
    format_: FichierRequete,
    cible: Path,
    lecture: Sequence[tuple[str, str]] = (),
) -> None:
    """Write the rows to a file, whole or not at all; raise Refus when it cannot be written.

    `lecture` is what the file is, by whom and when: a workbook has a sheet for it, the other forms,
    which programs read, no room.
    """
    with refus_d_ecriture(cible), en_place(cible) as partiel, partiel.open("wb") as flux:
        if format_ == "xlsx":
            ecrire_xlsx(flux, colonnes, lots, lecture)
        else:
            _ECRIVAINS[format_](flux, colonnes, lots)


def ecrire_csv(flux: IO[bytes], colonnes: Sequence[Colonne], lots: Lots) -> None:
    """UTF-8, `;`, reals with a point and 6 decimals, empty where there is none."""
    texte = io.TextIOWrapper(flux, "utf-8", newline="", write_through=True)
    ecrivain = ecrivain_csv(texte)
    ecrivain.writerow([sans_formule(colonne.nom) for colonne in colonnes])
    for lot in lots:
        ecrivain.writerows([_cellule_csv(valeur) for valeur in ligne] for ligne in lot)
    texte.detach()


def _cellule_csv(valeur: object) -> object:
    return sans_formule(valeur) if isinstance(valeur, str) else _texte_csv(valeur)


def _texte_csv(valeur: object) -> object:
    if isinstance(valeur, float):
        return f"{valeur:.{DECIMALES}f}"
    if isinstance(valeur, list | dict):
        return json.dumps(valeur, ensure_ascii=False, default=str)
    return valeur


def ecrire_json(flux: IO[bytes], colonnes: Sequence[Colonne], lots: Lots) -> None:
    """One array of objects, one object a line; dates are texts, decimals are numbers."""
    noms = noms_uniques(colonnes)
    separateur = "[\n"
    for lot in lots:
        for ligne in lot:
            objet = dict(zip(noms, map(_fini, ligne), strict=True))
            texte = json.dumps(objet, ensure_ascii=False, default=_json)
            flux.write(f"{separateur}{texte}".encode())
            separateur = ",\n"
    flux.write(b"[]\n" if separateur.startswith("[") else b"\n]\n")


def _fini(valeur: object) -> object:
    """JSON has neither infinity nor « not a number »."""
    return None if isinstance(valeur, float) and not math.isfinite(valeur) else valeur


def _json(valeur: object) -> object:
    return float(valeur) if isinstance(valeur, Decimal) else str(valeur)


def noms_uniques(colonnes: Sequence[Colonne]) -> list[str]:
    """Return the names of the columns, those that come again with a number."""
    noms: list[str] = []
    for colonne in colonnes:
        nom, rang = colonne.nom, 1
        while nom in noms:
            rang += 1
            nom = f"{colonne.nom}_{rang}"
        noms.append(nom)
    return noms


def ecrire_xlsx(
    flux: IO[bytes],
    colonnes: Sequence[Colonne],
    lots: Lots,
    lecture: Sequence[tuple[str, str]] = (),
) -> None:
    """One sheet of rows, header kept in view, filters; dates are dates, a formula stays a text."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "dd/mm/yyyy",
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(flux, options) as classeur:
        feuille = classeur.add_worksheet("Résultat")
        entete = classeur.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True})
        heures = classeur.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for rang, colonne in enumerate(colonnes):
            largeur = 12 if colonne.type == "DATE" else 18
            feuille.set_column(rang, rang, max(largeur, min(len(colonne.nom) + 3, 40)))
            feuille.write_string(0, rang, colonne.nom, entete)
        feuille.freeze_panes(1, 0)
        nombre = _remplir(feuille, heures, lots)
        if colonnes:
            feuille.autofilter(0, 0, max(nombre, 1), len(colonnes) - 1)
        if lecture:
            ecrire_lecture(classeur, [(nom, _couper(dit)) for nom, dit in lecture])


def _remplir(feuille: Any, heures: Any, lots: Lots) -> int:  # noqa: ANN401 - no types there
    numero = 0
    for lot in lots:
        for ligne in lot:
            numero += 1
            for rang, valeur in enumerate(ligne):
                _cellule(feuille, numero, rang, valeur, heures)
    return numero


def _cellule(feuille: Any, numero: int, rang: int, valeur: object, heures: Any) -> None:  # noqa: ANN401
    if valeur is None:
        return
    if isinstance(valeur, dt.datetime) and valeur.time() == dt.time():
        feuille.write(numero, rang, valeur.date())
    elif isinstance(valeur, dt.datetime):
        feuille.write_datetime(numero, rang, valeur.replace(tzinfo=None), heures)
    elif isinstance(valeur, bool):
        feuille.write_boolean(numero, rang, valeur)
    elif isinstance(valeur, int) and abs(valeur) >= ENTIER_XLSX:
        feuille.write_string(numero, rang, str(valeur))
    elif isinstance(valeur, int | float | Decimal | dt.date):
        feuille.write(numero, rang, valeur)
    else:
        feuille.write_string(numero, rang, _couper(str(_texte_csv(valeur))))


def _couper(texte: str) -> str:
    """Return what a cell of a workbook holds of a text; what is cut says so."""
    if len(texte) <= TEXTE_XLSX:
        return texte
    return texte[: TEXTE_XLSX - len(COUPE)] + COUPE


def ecrire_parquet(flux: IO[bytes], colonnes: Sequence[Colonne], lots: Lots) -> None:
    """Zstandard, each column of its own type; nested values and durations are texts.

    A date that Python cannot hold, beyond the year 9999, is empty.
    """
    import polars as pl

    schema = dict(zip(noms_uniques(colonnes), map(_type_polars, colonnes), strict=True))
    convertir = [_texte if type_ == pl.String else _sans_texte for type_ in schema.values()]
    tables = [pl.DataFrame(schema=schema)]
    for lot in lots:
        lignes = [[f(v) for f, v in zip(convertir, ligne, strict=True)] for ligne in lot]
        tables.append(pl.DataFrame(lignes, schema, orient="row"))
    pl.concat(tables, rechunk=True).write_parquet(flux, compression="zstd")


def _texte(valeur: object) -> str | None:
    return None if valeur is None else str(_texte_csv(valeur))


def _sans_texte(valeur: object) -> object:
    return None if isinstance(valeur, str) else valeur


def _type_polars(colonne: Colonne) -> Any:  # noqa: ANN401 - a polars type or an instance of one
    import polars as pl

    if decimal := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", colonne.type):
        return pl.Decimal(int(decimal[1]), int(decimal[2]))
    if colonne.type.startswith("TIMESTAMP"):
        return pl.Datetime("us", "UTC" if colonne.type.endswith("ZONE") else None)
    types = {
        "DATE": pl.Date,
        "TIME": pl.Time,
        "BOOLEAN": pl.Boolean,
        "DOUBLE": pl.Float64,
        "FLOAT": pl.Float32,
        "TINYINT": pl.Int8,
        "SMALLINT": pl.Int16,
        "INTEGER": pl.Int32,
        "BIGINT": pl.Int64,
        "HUGEINT": pl.Int128,
        "UTINYINT": pl.UInt8,
        "USMALLINT": pl.UInt16,
        "UINTEGER": pl.UInt32,
        "UBIGINT": pl.UInt64,
    }
    return types.get(colonne.type, pl.String)


_ECRIVAINS: Mapping[FichierRequete, Callable[[IO[bytes], Sequence[Colonne], Lots], None]] = {
    "csv": ecrire_csv,
    "json": ecrire_json,
    "parquet": ecrire_parquet,
}

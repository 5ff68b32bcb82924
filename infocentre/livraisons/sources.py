"""One table of a delivery as a relation of texts, whatever its format: CSV, Parquet or xlsx."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import python_calamine as calamine

from infocentre.entrepot.relations import citer, citer_nom
from infocentre.erreurs import Refus
from infocentre.livraisons.csv_reel import MARGE, RATIO_MAX, Ruptures, TextePlan, mettre_a_plat

FORMATS = (".csv", ".csv.gz", ".parquet", ".xlsx")
REELS = {"FLOAT", "DOUBLE"}
DECIMALES = "{:.30f}"  # a small number without its exponent, which the contract does not know


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one file as texts: `relation` has one VARCHAR column per entry of `colonnes`.

    Grain: one record, in the order of the file. `illisibles` are (physical line, what is wrong).
    `a_rogner` are the columns that may have spaces around their texts; the others hold NULL for
    the contract's spellings of « not known », 999 excepted.
    """

    fichier: str
    encodage: str
    relation: str
    colonnes: tuple[str, ...]
    gardes: int
    illisibles: tuple[tuple[int, str], ...]
    ruptures: Ruptures
    blancs_rares: bool
    a_rogner: frozenset[str]

    @property
    def lus(self) -> int:
        """Number of records read, header and blank lines not counted."""
        return self.gardes + len(self.illisibles)


def ouvrir_source(
    con: duckdb.DuckDBPyConnection,
    fichier: Path,
    temporaire: Path,
    avancement: Callable[[int], None],
) -> Source:
    """Make a file readable by DuckDB; raise Refus when it is not what its name says."""
    nom = fichier.name.lower()
    plat = temporaire / f"{nom}.plat"
    if nom.endswith(".parquet"):
        return _parquet(con, fichier, avancement)
    if nom.endswith(".xlsx"):
        return _du_texte(fichier.name, _classeur(fichier, plat, avancement))
    return _du_texte(fichier.name, mettre_a_plat(fichier, plat, avancement))


def _du_texte(fichier: str, plan: TextePlan) -> Source:
    noms = tuple(plan.entete)
    colonnes = ", ".join(f"{citer(f'c{i}')}: 'VARCHAR'" for i in range(len(noms)))
    guillemet = '"' if plan.guillemets else ""
    relation = (
        f"(SELECT {', '.join(f'c{i} AS {nommer(nom, i)}' for i, nom in enumerate(noms))} "
        f"FROM read_csv({citer(str(plan.chemin))}, delim=';', header=false, auto_detect=false, "
        f"quote={citer(guillemet)}, escape={citer(guillemet)}, new_line='\\n', "
        f"nullstr=['', 'NA', 'NA/NA'], max_line_size=4194304, "
        f"parallel={str(not plan.multiligne).lower()}, columns={{{colonnes}}}))"
    )
    return Source(
        fichier=fichier,
        encodage=plan.encodage,
        relation=relation,
        colonnes=noms,
        gardes=plan.gardes,
        illisibles=tuple(plan.illisibles),
        ruptures=plan.ruptures,
        blancs_rares=plan.blancs_rares or plan.multiligne,
        a_rogner=frozenset(nom for rang, nom in enumerate(noms) if rang in plan.a_rogner),
    )


def nommer(nom: str, rang: int) -> str:
    """Return a column's name as a quoted SQL identifier, one of its own when it has none."""
    return citer_nom(nom or f"sans nom {rang + 1}")


def _parquet(
    con: duckdb.DuckDBPyConnection, fichier: Path, avancement: Callable[[int], None]
) -> Source:
    lecture = f"read_parquet({citer(str(fichier))})"
    try:
        types = con.execute(f"DESCRIBE SELECT * FROM {lecture}").fetchall()
        ecrits = con.execute("SELECT name FROM parquet_schema(?)", [str(fichier)]).fetchall()
        lignes = con.execute(f"SELECT count(*) FROM {lecture}").fetchall()[0][0]
    except duckdb.Error as erreur:
        raise Refus(
            "ce n'est pas un fichier Parquet lisible",
            fichier.name,
            "Demander une nouvelle extraction.",
        ) from erreur
    colonnes = tuple(str(nom).strip().upper() for nom, *_ in types)
    _refuser_doublons((*colonnes, *_renommees(types, ecrits)), fichier.name)
    textes = (
        f"{_texte_natif(nommer(str(nom), i), str(type_sql))} AS {nommer(colonnes[i], i)}"
        for i, (nom, type_sql, *_) in enumerate(types)
    )
    avancement(fichier.stat().st_size)
    return Source(
        fichier=fichier.name,
        encodage="parquet",
        relation=f"(SELECT {', '.join(textes)} FROM {lecture})",
        colonnes=colonnes,
        gardes=int(lignes),
        illisibles=(),
        ruptures=Ruptures(),
        blancs_rares=True,
        a_rogner=frozenset(colonnes),
    )


def _renommees(lues: list[tuple[Any, ...]], ecrites: list[tuple[Any, ...]]) -> list[str]:
    """Columns that DuckDB renames (NOM, nom → nom_1), under the name that the file gives them."""
    noms = {nom for (nom,) in ecrites}
    return [str(nom).rsplit("_", 1)[0].upper() for nom, *_ in lues if nom not in noms]


def _refuser_doublons(colonnes: tuple[str, ...], fichier: str) -> None:
    doubles = sorted({nom for nom in colonnes if colonnes.count(nom) > 1})
    if doubles:
        raise Refus(
            f"colonne présente deux fois : {', '.join(doubles)}",
            fichier,
            "Ne garder qu'une colonne de chaque nom.",
        )


def _texte_natif(colonne: str, type_sql: str) -> str:
    """Return the SQL text of a native value, in a spelling that the contract accepts."""
    if type_sql.startswith("TIMESTAMP"):
        return f"strftime({colonne}::TIMESTAMP, '%Y-%m-%d %H:%M:%S')"
    if type_sql == "BOOLEAN":
        return f"{colonne}::TINYINT::VARCHAR"
    if type_sql in REELS or type_sql.startswith("DECIMAL"):
        entier = f"{colonne} = trunc({colonne}) AND abs({colonne}) < 1e15"
        return (
            f"CASE WHEN {entier} THEN {colonne}::BIGINT::VARCHAR "
            f"WHEN abs({colonne}) < 0.001 THEN format('{DECIMALES}', {colonne}::DOUBLE) "
            f"ELSE {colonne}::VARCHAR END"
        )
    return f"{colonne}::VARCHAR"


def _classeur(fichier: Path, plat: Path, avancement: Callable[[int], None]) -> TextePlan:
    """Copy the first sheet of a workbook to a plain CSV; its rows are the physical lines."""
    _refuser_gonfle(fichier)
    try:
        feuille = calamine.CalamineWorkbook.from_path(fichier).get_sheet_by_index(0)
        lignes = feuille.to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, IndexError) as erreur:
        raise Refus(
            "ce n'est pas un classeur xlsx lisible",
            fichier.name,
            "L'enregistrer de nouveau au format xlsx.",
        ) from erreur
    if not lignes:
        raise Refus("le classeur est vide", fichier.name, "Demander une nouvelle extraction.")
    entete = tuple(str(cellule).strip().upper() for cellule in lignes[0])
    _refuser_doublons(tuple(nom for nom in entete if nom), fichier.name)
    plan = TextePlan(plat, list(entete), "xlsx", guillemets=True, blancs_rares=True)
    plan.a_rogner.update(range(len(entete)))
    with plat.open("w", encoding="utf-8", newline="") as sortie:
        ecrivain = csv.writer(sortie, delimiter=";", lineterminator="\n")
        ecrivain.writerows(_lignes_pleines(lignes[1:], plan))
    avancement(fichier.stat().st_size)
    return plan


def _refuser_gonfle(fichier: Path) -> None:
    """Refuse a workbook, which is a zip, that would fill the memory."""
    illisible = contextlib.suppress(zipfile.BadZipFile, NotImplementedError)
    with illisible, zipfile.ZipFile(fichier) as archive:
        taille = sum(membre.file_size for membre in archive.infolist())
        if taille > fichier.stat().st_size * RATIO_MAX + MARGE:
            raise Refus(
                "le classeur se décompresse en une taille anormale",
                fichier.name,
                "Vérifier le fichier auprès de son émetteur.",
            )


def _lignes_pleines(lignes: Iterable[Sequence[object]], plan: TextePlan) -> Iterator[list[str]]:
    """Yield the texts of the rows that are not blank, and count them in the plan."""
    for ligne, cellules in enumerate(lignes, start=2):
        textes = [_texte_cellule(cellule) for cellule in cellules]
        if not any(textes):
            continue
        plan.multiligne |= any("\n" in texte for texte in textes)
        plan.ruptures.noter(plan.gardes, ligne)
        plan.gardes += 1
        yield textes


def _texte_cellule(cellule: object) -> str:
    if isinstance(cellule, bool):
        return str(int(cellule))
    if isinstance(cellule, float) and cellule.is_integer():
        return str(int(cellule))
    if isinstance(cellule, float) and abs(cellule) < 0.001:  # noqa: PLR2004 — an exponent starts
        return DECIMALES.format(cellule)
    if isinstance(cellule, dt.datetime):
        return cellule.strftime("%Y-%m-%d %H:%M:%S")
    return str(cellule)

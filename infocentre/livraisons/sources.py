"""One table of a delivery as texts, whatever its format: CSV, Parquet or xlsx."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from infocentre.contrat import Table
from infocentre.entrepot.relations import citer, citer_nom
from infocentre.livraisons import classeurs
from infocentre.livraisons.classeurs import DECIMALES
from infocentre.livraisons.csv_reel import ENTETE_NOM_MAX, Ruptures, mettre_a_plat
from infocentre.livraisons.textes import LOT_LIGNES, Textes, nom_du_champ
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.texte import nom_sur

FORMATS = (".csv", ".csv.gz", ".parquet", ".xlsx")
REELS = {"FLOAT", "DOUBLE"}


@dataclass(frozen=True, slots=True)
class Source:
    """Records of one file: `textes` are those of the columns that its table knows.

    `illisibles` are (physical line, what is wrong); `autrement` lines are in the other of the two
    encodings.
    """

    fichier: str
    encodage: str
    textes: Textes
    colonnes: tuple[str, ...]
    gardes: int
    illisibles: tuple[tuple[int, str], ...] = ()
    ruptures: Ruptures = field(default_factory=Ruptures)
    autrement: int = 0

    @property
    def lus(self) -> int:
        """Number of records read, header and blank lines not counted."""
        return self.gardes + len(self.illisibles)


def ouvrir_source(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    fichier: Path,
    temporaire: Path,
    avancement: Callable[[int], None],
) -> Source:
    """Read the texts of a file; raise Refus when it is not what its name says."""
    nom = fichier.name.lower()
    if nom.endswith(".parquet"):
        return _parquet(con, table, fichier, temporaire / f"{nom}.textes", avancement)
    if nom.endswith(".xlsx"):
        return _classeur(table, fichier, temporaire / f"{nom}.plat", avancement)
    return _csv(table, fichier, temporaire, avancement)


def _csv(
    table: Table, fichier: Path, temporaire: Path, avancement: Callable[[int], None]
) -> Source:
    textes = Textes((), {})

    def ouvrir(entete: Sequence[str]) -> Textes:
        nonlocal textes
        textes = Textes(entete, table.par_nom)
        return textes

    plan = mettre_a_plat(fichier, temporaire, avancement, ouvrir)
    return Source(
        fichier=fichier.name,
        encodage=plan.encodage,
        autrement=plan.autrement,
        textes=textes,
        colonnes=tuple(plan.entete[:-1] if plan.final else plan.entete),
        gardes=plan.gardes,
        illisibles=tuple(plan.illisibles),
        ruptures=plan.ruptures,
    )


def _parquet(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    fichier: Path,
    copie: Path,
    avancement: Callable[[int], None],
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
    colonnes = tuple(nom_sur(str(nom), ENTETE_NOM_MAX).upper() for nom, *_ in types)
    _refuser_doublons((*colonnes, *_renommees(types, ecrits)), fichier.name)
    textes = Textes(colonnes, table.par_nom)
    lues = ", ".join(
        f"{_texte_natif(citer_nom(str(nom)), str(type_sql))} AS {nom_du_champ(rang)}"
        for rang, (nom, type_sql, *_) in enumerate(types)
        if rang in textes.lues
    )
    try:
        con.execute(
            f"COPY (SELECT {lues} FROM {lecture}) TO {citer(str(copie))} "
            f"(FORMAT parquet, ROW_GROUP_SIZE {LOT_LIGNES})"
        )
    except duckdb.Error as erreur:
        if _manque_de_place(erreur):
            raise
        raise Refus(
            "le fichier est abîmé : sa lecture a échoué",
            fichier.name,
            "Télécharger de nouveau la livraison, ou demander une nouvelle extraction.",
        ) from erreur
    textes.ajouter_parquet(copie)
    avancement(fichier.stat().st_size)
    return Source(fichier.name, "parquet", textes, colonnes, gardes=int(lignes))


def _manque_de_place(erreur: duckdb.Error) -> bool:
    """Tell an error of this machine from one of the file that is read."""
    if isinstance(erreur, duckdb.IOException):
        return "read" not in str(erreur)
    return isinstance(erreur, duckdb.OutOfMemoryException)


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


def _classeur(table: Table, fichier: Path, plat: Path, avancement: Callable[[int], None]) -> Source:
    """Read the first sheet of a workbook; its rows are the physical lines."""
    lu = classeurs.en_csv(fichier, plat)
    entete = tuple(nom_sur(nom, ENTETE_NOM_MAX).upper() for nom in lu.entete)
    _refuser_doublons(tuple(nom for nom in entete if nom), fichier.name)
    ruptures = Ruptures()
    for rang, ligne in enumerate(lu.lignes):
        ruptures.noter(rang, ligne)
    textes = Textes(entete, table.par_nom)
    textes.write(memoryview(plat.read_bytes()))
    avancement(fichier.stat().st_size)
    return Source(fichier.name, "xlsx", textes, entete, len(lu.lignes), ruptures=ruptures)

"""One table of a delivery as texts, whatever its format: CSV, Parquet or xlsx."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from infocentre.contrat import Table
from infocentre.correspondances.modele import Dialecte, nom_de_colonne
from infocentre.entrepot.relations import citer, citer_nom
from infocentre.livraisons import classeurs
from infocentre.livraisons.classeurs import DECIMALES
from infocentre.livraisons.csv_reel import (
    CONTRAT,
    LUS_TELS_QUELS,
    Ruptures,
    mettre_a_plat,
    refuser_doublons,
    separateur_de,
)
from infocentre.livraisons.textes import LOT_LIGNES, Textes, nom_du_champ
from infocentre.livraisons.traduction import Lus, Traduction
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import PARIS

FORMATS = (".csv", ".csv.gz", ".parquet", ".xlsx")
CLASSEURS = (".xlsx", ".xls", ".ods")
REELS = {"FLOAT", "DOUBLE"}


class Lisible(Protocol):
    """The records of a file, read to the end when they are asked for."""

    def finir(self) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
        """Return them as `Textes.finir` does."""


@dataclass(frozen=True, slots=True)
class Source:
    """Records of one file: `textes` are those of the columns that its table knows.

    `illisibles` are (physical line, what is wrong); `autrement` lines are in the other of the two
    encodings; `coupe`: the file stops inside a record; `suites` records are left out, further lines
    of a demande that has several. `traduite`, of a file that a correspondance reads, says which
    texts were keys that no row explains, by field.
    """

    fichier: str
    encodage: str
    textes: Lisible
    colonnes: tuple[str, ...]
    gardes: int
    illisibles: tuple[tuple[int, str], ...] = ()
    ruptures: Ruptures = field(default_factory=Ruptures)
    autrement: int = 0
    coupe: bool = False
    suites: int = 0
    traduite: Lus | None = None

    @property
    def sans_cle(self) -> dict[str, pl.Series]:
        """Return by field, for each distinct text, the key that no row explains, if it was one."""
        return self.traduite.sans_cle if self.traduite else {}

    @property
    def lus(self) -> int:
        """Number of records read, header and blank lines not counted."""
        return self.gardes + len(self.illisibles)


@dataclass(frozen=True, slots=True)
class Fichier:
    """A file that is being read, and where; `traduction` says what a source's columns mean."""

    con: duckdb.DuckDBPyConnection
    table: Table
    chemin: Path
    temporaire: Path
    avancement: Callable[[int], None]
    traduction: Traduction | None = None

    @property
    def nom(self) -> str:
        """Its name, as its own files of work begin."""
        return self.chemin.name.lower()

    @property
    def dialecte(self) -> Dialecte:
        """How it is written."""
        return self.traduction.dialecte if self.traduction else CONTRAT

    @property
    def encodage(self) -> str:
        """Its encoding when it is neither of the two that lines are told apart by."""
        encodage = self.dialecte.encodage
        return "" if encodage is None or encodage in LUS_TELS_QUELS else encodage

    def colonnes(self, entete: Sequence[str]) -> tuple[str, ...]:
        """Return the name in the contract of each of its columns, its own when it has none."""
        return tuple(self.traduction.noms(entete) if self.traduction else entete)

    def ouvrir(self, colonnes: Sequence[str]) -> Textes:
        """Return what takes its records."""
        if self.traduction is None:
            return Textes(colonnes, self.table.par_nom)
        return Textes(
            colonnes,
            self.traduction.cherchees,
            separateur=separateur_de(self.dialecte),
            virgule=self.dialecte.decimale == ",",
        )


def ouvrir_source(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    fichier: Path,
    temporaire: Path,
    avancement: Callable[[int], None],
    traduction: Traduction | None = None,
) -> Source:
    """Read the texts of a file; raise Refus when it is not what its name says."""
    lu = Fichier(con, table, fichier, temporaire, avancement, traduction)
    if lu.nom.endswith(".parquet"):
        return _parquet(lu, temporaire / f"{lu.nom}.textes")
    # What a correspondance reads is what it is, whatever its name: an « .xls » is often a text.
    if lu.dialecte.feuille or (lu.nom.endswith(CLASSEURS) and not lu.dialecte.separateur):
        return _classeur(lu, temporaire / f"{lu.nom}.plat")
    return _csv(lu)


def _csv(fichier: Fichier) -> Source:
    textes = Textes((), {})

    def ouvrir(entete: Sequence[str]) -> Textes:
        nonlocal textes
        textes = fichier.ouvrir(fichier.colonnes(entete))
        return textes

    reconnu = fichier.traduction.dialecte if fichier.traduction else None
    plan = mettre_a_plat(fichier.chemin, fichier.temporaire, fichier.avancement, ouvrir, reconnu)
    return Source(
        fichier=fichier.chemin.name,
        encodage=fichier.encodage or plan.encodage,
        autrement=plan.autrement,
        coupe=plan.coupe,
        textes=textes,
        colonnes=fichier.colonnes(plan.entete[:-1] if plan.final else plan.entete),
        gardes=plan.gardes,
        illisibles=tuple(plan.illisibles),
        ruptures=plan.ruptures,
    )


def _parquet(fichier: Fichier, copie: Path) -> Source:
    con, chemin = fichier.con, fichier.chemin
    lecture = f"read_parquet({citer(str(chemin))})"
    try:
        types = con.execute(f"DESCRIBE SELECT * FROM {lecture}").fetchall()
        ecrits = con.execute("SELECT name FROM parquet_schema(?)", [str(chemin)]).fetchall()
        lignes = con.execute(f"SELECT count(*) FROM {lecture}").fetchall()[0][0]
    except duckdb.Error as erreur:
        raise Refus(
            "ce n'est pas un fichier Parquet lisible",
            chemin.name,
            "Demander une nouvelle extraction.",
        ) from erreur
    entete = [nom_de_colonne(str(nom)) for nom, *_ in types]
    refuser_doublons((*entete, *_renommees(types, ecrits)), chemin.name, rangs=False)
    colonnes = fichier.colonnes(entete)
    textes = fichier.ouvrir(colonnes)
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
            chemin.name,
            "Télécharger de nouveau la livraison, ou demander une nouvelle extraction.",
        ) from erreur
    textes.ajouter_parquet(copie)
    fichier.avancement(chemin.stat().st_size)
    return Source(chemin.name, "parquet", textes, colonnes, gardes=int(lignes))


def _manque_de_place(erreur: duckdb.Error) -> bool:
    """Tell an error of this machine from one of the file that is read."""
    if isinstance(erreur, duckdb.IOException):
        return "read" not in str(erreur)
    return isinstance(erreur, duckdb.OutOfMemoryException)


def _renommees(lues: list[tuple[Any, ...]], ecrites: list[tuple[Any, ...]]) -> list[str]:
    """Columns that DuckDB renames (NOM, nom → nom_1), under the name that the file gives them."""
    noms = {nom for (nom,) in ecrites}
    return [str(nom).rsplit("_", 1)[0].upper() for nom, *_ in lues if nom not in noms]


def _texte_natif(colonne: str, type_sql: str) -> str:
    """Return the SQL text of a native value, in a spelling that the contract accepts."""
    # Of the SNE, whoever wrote the file, whatever machine reads it: midnight is the evening before
    # elsewhere.
    if type_sql == "TIMESTAMP WITH TIME ZONE":
        colonne = f"timezone({citer(PARIS)}, {colonne})"
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


def _classeur(fichier: Fichier, plat: Path) -> Source:
    """Read a sheet of a workbook, the first unless another is named; its rows are the lines."""
    dialecte, nom = fichier.dialecte, fichier.chemin.name
    lu = classeurs.en_csv(fichier.chemin, plat, dialecte.feuille, dialecte.entete)
    entete = [nom_de_colonne(nom) for nom in lu.entete]
    refuser_doublons(entete, nom)
    ruptures = Ruptures()
    for rang, ligne in enumerate(lu.lignes):
        ruptures.noter(rang, ligne)
    colonnes = fichier.colonnes(entete)
    textes = fichier.ouvrir(colonnes)
    textes.write(memoryview(plat.read_bytes()))
    fichier.avancement(fichier.chemin.stat().st_size)
    return Source(nom, "xlsx", textes, colonnes, len(lu.lignes), ruptures=ruptures)

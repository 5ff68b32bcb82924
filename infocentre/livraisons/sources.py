"""One table of a delivery as a relation of texts, whatever its format: CSV, Parquet or xlsx."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from infocentre.entrepot.relations import citer, citer_nom
from infocentre.livraisons import classeurs
from infocentre.livraisons.classeurs import DECIMALES
from infocentre.livraisons.csv_reel import ENTETE_NOM_MAX, Ruptures, TextePlan, mettre_a_plat
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.texte import nom_sur

FORMATS = (".csv", ".csv.gz", ".parquet", ".xlsx")
REELS = {"FLOAT", "DOUBLE"}


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one file as texts: `relation` has one VARCHAR column per entry of `colonnes`.

    Grain: one record, in the order of the file. `illisibles` are (physical line, what is wrong).
    `a_rogner` are the columns that may have spaces around their texts; the others hold NULL for
    the contract's spellings of « not known », 999 excepted. `autrement` lines are in the other of
    the two encodings. `invisibles` is False when no text of
    the file holds a character that no text may hold.
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
    autrement: int = 0
    invisibles: bool = True

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
    livrees = noms[:-1] if plan.final else noms
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
        autrement=plan.autrement,
        relation=relation,
        colonnes=livrees,
        gardes=plan.gardes,
        illisibles=tuple(plan.illisibles),
        ruptures=plan.ruptures,
        blancs_rares=plan.blancs_rares or plan.multiligne,
        a_rogner=frozenset(nom for rang, nom in enumerate(noms) if rang in plan.a_rogner),
        invisibles=plan.invisibles,
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
    colonnes = tuple(nom_sur(str(nom), ENTETE_NOM_MAX).upper() for nom, *_ in types)
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
    lu = classeurs.en_csv(fichier, plat)
    entete = tuple(nom_sur(nom, ENTETE_NOM_MAX).upper() for nom in lu.entete)
    _refuser_doublons(tuple(nom for nom in entete if nom), fichier.name)
    plan = TextePlan(plat, list(entete), "xlsx", guillemets=True, blancs_rares=True)
    plan.invisibles, plan.multiligne = True, lu.multiligne
    plan.a_rogner.update(range(len(entete)))
    for rang, ligne in enumerate(lu.lignes):
        plan.ruptures.noter(rang, ligne)
    plan.gardes = len(lu.lignes)
    avancement(fichier.stat().st_size)
    return plan

"""A trial before anything is written: the first rows of each file, received as they would be."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from infocentre.correspondances.modele import Dialecte
from infocentre.livraisons.csv_reel import LUS_TELS_QUELS
from infocentre.livraisons.depot import Depot
from infocentre.livraisons.reception import recevoir
from infocentre.livraisons.traduction import Traduction
from infocentre.noyau.erreurs import Refus

LIGNES = 1000


@dataclass(frozen=True, slots=True)
class TableEssayee:
    """What became of the first rows of a table: read, kept, rejected by reason, odd by column.

    `anomalies` are (column, what, rows).
    """

    table: str
    fichier: str
    lues: int
    gardees: int
    rejets: Mapping[str, int]
    anomalies: tuple[tuple[str, str, int], ...]
    absentes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Essai:
    """What became of the first rows of a delivery, or why it would be refused."""

    tables: tuple[TableEssayee, ...]
    refus: Refus | None = None


def essayer(depot: Depot, temporaire: Path) -> Essai:
    """Receive the first rows of each file of a delivery, in a directory that is then deleted."""
    travail = Path(tempfile.mkdtemp(dir=temporaire))
    try:
        court = _raccourcir(depot, travail)
        description = recevoir(court, travail / "archive", travail, _Muet())
        anomalies = pl.read_parquet(travail / "archive" / "anomalies_format.parquet")
        return Essai(tuple(_tables(description, anomalies)))
    except Refus as refus:
        return Essai((), refus)
    finally:
        shutil.rmtree(travail)


class _Muet:
    """Tells nobody how far reading is."""

    def table(self, _nom: str, _octets: int) -> Callable[[int], None]:
        """Tell nobody how far reading is."""
        return lambda _lus: None


def _tables(description: Mapping[str, Any], anomalies: pl.DataFrame) -> Iterator[TableEssayee]:
    for nom, une in description["tables"].items():
        siennes = (
            anomalies.filter(pl.col("table") == nom)
            .group_by("colonne", "nature")
            .agg(pl.col("nombre").sum())
        )
        yield TableEssayee(
            table=nom,
            fichier=une["fichier"],
            lues=une["lus"],
            gardees=une["conserves"],
            rejets=une["rejets"],
            anomalies=tuple(
                siennes.sort("nombre", "colonne", descending=[True, False]).iter_rows()
            ),
            absentes=tuple(une["absentes"]),
        )


def _raccourcir(depot: Depot, travail: Path) -> Depot:
    """Return the delivery whose files have but their first rows."""
    courts = travail / "courts"
    courts.mkdir()
    faits: dict[tuple[Path, Dialecte], Path] = {}

    def court(chemin: Path, dialecte: Dialecte) -> Path:
        cle = chemin, dialecte
        if cle not in faits:
            faits[cle] = _premieres_lignes(chemin, dialecte, courts / f"{len(faits)}")
        return faits[cle]

    traductions = {table: _raccourcie(une, court) for table, une in depot.traductions.items()}
    fichiers = {
        table: chemin if _est_partage(depot, table) else court(chemin, _dialecte(depot, table))
        for table, chemin in depot.fichiers.items()
    }
    return replace(depot, fichiers=fichiers, traductions=traductions, lignes={})


def _est_partage(depot: Depot, table: str) -> bool:
    """Tell a file of two tables: its first rows may all be of one."""
    traduction = depot.traductions.get(table)
    return traduction is not None and traduction.fichier.partage is not None


def _dialecte(depot: Depot, table: str) -> Dialecte:
    traduction = depot.traductions.get(table)
    return traduction.dialecte if traduction else Dialecte()


def _raccourcie(traduction: Traduction, court: Callable[[Path, Dialecte], Path]) -> Traduction:
    return replace(
        traduction,
        complements=tuple(
            replace(un, chemin=court(un.chemin, un.traduction.dialecte))
            for un in traduction.complements
        ),
    )


def _premieres_lignes(chemin: Path, dialecte: Dialecte, dossier: Path) -> Path:
    """Copy the first rows of a text under its own name; a workbook is read whole."""
    dossier.mkdir()
    cible = dossier / chemin.name
    if dialecte.feuille or chemin.name.lower().endswith((".parquet", ".gz")):
        cible.symlink_to(chemin.resolve())
        return cible
    # Each byte is a character of Latin-1: what is no text, or two encodings, is copied as it is.
    encodage = "latin-1" if dialecte.encodage in LUS_TELS_QUELS else dialecte.encodage
    with (
        chemin.open(encoding=encodage, errors="surrogatepass", newline="\n") as entree,
        cible.open("w", encoding=encodage, errors="surrogatepass", newline="\n") as sortie,
    ):
        sortie.writelines(_lignes_entieres(entree, dialecte.entete + LIGNES))
    return cible


def _lignes_entieres(entree: Iterable[str], minimum: int) -> Iterator[str]:
    """Yield lines until enough, the last record being whole: its quotes are closed."""
    guillemets = 0
    for rang, ligne in enumerate(entree, 1):
        guillemets += ligne.count('"')
        yield ligne
        if rang >= minimum and not guillemets % 2:
            return

"""Controler: what a command costs at least, and how it grows beside the same SQL run raw.

The raw side runs the very statements of the catalogue on the very Parquet files: the counts alone,
then with what controler must also write (the lists of anomalies and the standard tables).
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.outils import Mesure, chronometrer, infocentre, mediane
from infocentre.catalogue import lire_catalogue, sql_comptes, sql_constats
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier, sql_relations
from infocentre.mesures import calculer_tableaux, ecrire_reglages, lire_reglages, lire_tableaux
from infocentre.mesures import populations as nommer_populations

FOIS, PETITE, LIGNES, DEPARTEMENTS = 3, 400, 1_000_000, 10
LIMITE_FIXE, LIMITE_CROISSANCE = 5, 1.15


@dataclass(frozen=True, slots=True)
class _Duree:
    secondes: float
    processeur: float

    def __sub__(self, autre: _Duree) -> _Duree:
        return _Duree(self.secondes - autre.secondes, self.processeur - autre.processeur)


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Control a small delivery, then one and ten deliveries of a million rows in all tables."""
    petite = atelier / "petite"
    (livraison,) = fabriquer(atelier / "livraisons", taille=PETITE, mois=1)
    infocentre(petite, "charger", livraison)
    fixe = mediane(lambda: _controler(petite, atelier).secondes, FOIS)
    yield Mesure("controler, small delivery, start of the process included", fixe, "s", LIMITE_FIXE)
    livraison = _grande_livraison(atelier / "grandes")
    donnees = atelier / "donnees"
    un = yield from _durees(donnees, livraison, atelier, range(1, 2))
    dix = yield from _durees(donnees, livraison, atelier, range(2, DEPARTEMENTS + 1))
    controle, comptes, tout = (apres - avant for avant, apres in zip(un, dix, strict=True))
    nom = "growth of controler / raw counts"
    yield Mesure(nom, controle.secondes / comptes.secondes, "", LIMITE_CROISSANCE)
    yield Mesure(f"{nom}, processor time", controle.processeur / comptes.processeur, "")
    yield Mesure(f"{nom}, lists and tables", controle.secondes / tout.secondes, "")
    yield Mesure(f"{nom}, lists and tables, proc.", controle.processeur / tout.processeur, "")


def _durees(
    donnees: Path, livraison: Path, atelier: Path, rangs: range
) -> Generator[Mesure, None, tuple[_Duree, ...]]:
    """Load the delivery as these départements, then time controler and both raw sides."""
    for rang in rangs:
        infocentre(donnees, "charger", livraison, "--departement", f"{rang:03}")
    durees = (
        _controler(donnees, atelier),
        _mediane_brute(donnees, tout=False),
        _mediane_brute(donnees, tout=True),
    )
    noms = ("controler", "raw counts", "raw counts, lists and tables")
    for nom, duree in zip(noms, durees, strict=True):
        yield Mesure(f"{nom}, {rangs[-1]} M rows", duree.secondes, "s")
        yield Mesure(f"{nom}, {rangs[-1]} M rows, processor time", duree.processeur, "s")
    return durees


def _grande_livraison(dossier: Path) -> Path:
    """Make a delivery of about a million rows; without manifest, so that any département is it."""
    essai = _lignes(fabriquer(dossier / "essai", taille=PETITE * 10, mois=1)[0])
    (livraison,) = fabriquer(dossier, taille=round(PETITE * 10 * LIGNES / essai), mois=1)
    (livraison / "manifeste.json").unlink()
    return livraison


def _lignes(livraison: Path) -> int:
    fichiers = json.loads((livraison / "manifeste.json").read_text("utf-8"))["fichiers"]
    return sum(fichier["lignes"] for fichier in fichiers)


def _controler(donnees: Path, atelier: Path) -> _Duree:
    """Control in a copy of the data directory, so that every time is a first time."""
    copie = atelier / "copie"
    shutil.copytree(donnees, copie, symlinks=True)
    execution = infocentre(copie, "controler")
    shutil.rmtree(copie)
    return _Duree(execution.secondes, execution.processeur)


def _mediane_brute(donnees: Path, *, tout: bool) -> _Duree:
    durees = []
    for _ in range(FOIS):
        avant = time.process_time()
        secondes = chronometrer(lambda: _brut(donnees, tout=tout))
        durees.append(_Duree(secondes, time.process_time() - avant))
    return sorted(durees, key=lambda une: une.secondes)[FOIS // 2]


def _brut(donnees: Path, *, tout: bool) -> None:
    catalogue = lire_catalogue()
    dossier = Dossier(donnees)
    archives = [dossier.archive(une) for une in dossier.version().livraisons]
    with duckdb.connect() as con:
        for instruction in sql_relations(archives):
            con.execute(instruction)
        for population in nommer_populations(catalogue):
            con.execute(
                f"CREATE TABLE comptes_{population} AS {sql_comptes(catalogue, population)}"
            )
            if tout:
                con.execute(
                    f"CREATE TABLE constats_{population} AS {sql_constats(catalogue, population)}"
                )
        if tout:
            con.execute(
                "CREATE TABLE calculabilite AS SELECT DISTINCT departement, mois FROM guichets"
            )
            ecrire_reglages(con, lire_reglages())
            calculer_tableaux(con, lire_tableaux(), [])

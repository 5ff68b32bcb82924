"""Controler: what a command costs at least, and how it grows beside the same SQL run raw.

The raw side runs the very statements of the catalogue on the very Parquet files: the counts alone,
then with what controler must also write (the lists of anomalies and the standard tables).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
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


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Control a small delivery, then one and ten deliveries of a million rows in all tables."""
    petite = atelier / "petite"
    (livraison,) = fabriquer(atelier / "livraisons", taille=PETITE, mois=1)
    infocentre(petite, "charger", livraison)
    fixe = mediane(lambda: _controler(petite, atelier), FOIS)
    yield Mesure("controler, small delivery, start of the process included", fixe, "s", LIMITE_FIXE)
    livraison = _grande_livraison(atelier / "grandes")
    donnees = atelier / "donnees"
    temps = {}
    for nombre in (1, DEPARTEMENTS):
        for rang in range(2 if nombre > 1 else 1, nombre + 1):
            infocentre(donnees, "charger", livraison, "--departement", f"{rang:03}")
        temps[nombre] = (
            mediane(lambda: _controler(donnees, atelier), FOIS),
            mediane(lambda: chronometrer(lambda: _brut(donnees)), FOIS),
            mediane(lambda: chronometrer(lambda: _brut(donnees, tout=True)), FOIS),
        )
    noms = ("controler", "raw counts", "raw counts, lists and tables")
    for nom, un, dix in zip(noms, *temps.values(), strict=True):
        yield Mesure(f"{nom}, 1 M rows", un, "s")
        yield Mesure(f"{nom}, 10 M rows", dix, "s")
    controle, comptes, tout = (dix - un for un, dix in zip(*temps.values(), strict=True))
    yield Mesure("growth of controler / raw counts", controle / comptes, "", LIMITE_CROISSANCE)
    yield Mesure("growth of controler / raw counts, lists and tables", controle / tout, "")


def _grande_livraison(dossier: Path) -> Path:
    """Make a delivery of about a million rows; without manifest, so that any département is it."""
    essai = _lignes(fabriquer(dossier / "essai", taille=PETITE * 10, mois=1)[0])
    (livraison,) = fabriquer(dossier, taille=round(PETITE * 10 * LIGNES / essai), mois=1)
    (livraison / "manifeste.json").unlink()
    return livraison


def _lignes(livraison: Path) -> int:
    fichiers = json.loads((livraison / "manifeste.json").read_text("utf-8"))["fichiers"]
    return sum(fichier["lignes"] for fichier in fichiers)


def _controler(donnees: Path, atelier: Path) -> float:
    """Control in a copy of the data directory, so that every time is a first time."""
    copie = atelier / "copie"
    shutil.copytree(donnees, copie, symlinks=True)
    secondes = infocentre(copie, "controler").secondes
    shutil.rmtree(copie)
    return secondes


def _brut(donnees: Path, *, tout: bool = False) -> None:
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

"""Controler: what a command costs at least, and how it grows beside the same SQL run raw.

The raw side runs the very statements of a control on a plain DuckDB connection, without judge,
pages nor publication: counts, lists of anomalies, standard tables, follow-up from month to month,
then the search for duplicates.
The counts alone are measured too, to tell what the rest of these statements costs.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.outils import Mesure, chronometrer, infocentre, mediane
from infocentre.catalogue import lire_catalogue, sql_comptes
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier, Publication, sql_relations
from infocentre.mesures import lire_reglages
from infocentre.mesures import populations as nommer_populations
from infocentre.noyau.temps import maintenant
from infocentre.operations.controle import garder_catalogue
from infocentre.operations.doublons import chercher
from infocentre.operations.reconstruction import rejouer_controle

FOIS, PETITE, LIGNES, DEPARTEMENTS = 3, 400, 1_000_000, 10
LIMITE_FIXE, LIMITE_CROISSANCE = 3, 1.15


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
    nom = "growth of controler / raw SQL"
    yield Mesure(nom, controle.secondes / tout.secondes, "", LIMITE_CROISSANCE)
    yield Mesure(f"{nom}, processor time", controle.processeur / tout.processeur, "")
    yield Mesure(f"{nom}, counts alone", controle.secondes / comptes.secondes, "")


def _durees(
    donnees: Path, livraison: Path, atelier: Path, rangs: range
) -> Generator[Mesure, None, tuple[_Duree, ...]]:
    """Load the delivery as these départements, then time controler and both raw sides."""
    for rang in rangs:
        confirmer = ("--confirmer", "les mêmes lignes, pour la mesure")
        infocentre(donnees, "charger", livraison, "--departement", f"{rang:03}", *confirmer)
    durees = (
        _mediane(lambda: _controler(donnees, atelier)),
        _mediane(lambda: _brute(_compter, donnees, atelier)),
        _mediane(lambda: _brute(_tout_calculer, donnees, atelier)),
    )
    noms = ("controler", "raw SQL, counts alone", "raw SQL")
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


def _mediane(essai: Callable[[], _Duree]) -> _Duree:
    return sorted((essai() for _ in range(FOIS)), key=lambda une: une.secondes)[FOIS // 2]


def _brute(calcul: Callable[[Dossier], None], donnees: Path, atelier: Path) -> _Duree:
    copie = atelier / "copie"
    shutil.copytree(donnees, copie, symlinks=True)
    avant = time.process_time()
    secondes = chronometrer(lambda: calcul(Dossier(copie)))
    duree = _Duree(secondes, time.process_time() - avant)
    shutil.rmtree(copie)
    return duree


def _compter(dossier: Dossier) -> None:
    catalogue = lire_catalogue()
    archives = [dossier.archive(une) for une in dossier.version().livraisons]
    with duckdb.connect() as con:
        for instruction in sql_relations(archives):
            con.execute(instruction)
        for population in nommer_populations(catalogue):
            con.execute(f"CREATE TABLE c_{population} AS {sql_comptes(catalogue, population)}")


def _tout_calculer(dossier: Dossier) -> None:
    """Run what `reconstruire` replays of a control: its statements, in their order."""
    catalogue = lire_catalogue()
    with dossier.ecrire():
        brouillon = Publication(dossier).brouillon()
        garder_catalogue(dossier, catalogue, brouillon)
        rejouer_controle(
            dossier,
            brouillon,
            {
                "catalogue": catalogue.empreinte,
                "le": maintenant(),
                "reglages": lire_reglages().model_dump(),
                "mois": [[une.departement, une.arrete, ""] for une in brouillon.version.livraisons],
            },
        )
    chercher(dossier)

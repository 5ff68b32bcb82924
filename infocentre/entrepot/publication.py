"""A new version: made aside, then swapped in one step, and written in the journal."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from infocentre.entrepot.dossier import (
    ENTREPOT,
    VERSION,
    Dossier,
    lire_journal,
    lire_version,
    supprimer_version,
)
from infocentre.entrepot.version import Version

VERSIONS_GARDEES = 2


@dataclass(slots=True)
class Brouillon:
    """A version in the making: its directory, and what it will rest on."""

    chemin: Path
    version: Version

    @property
    def entrepot(self) -> Path:
        """The warehouse file of this version."""
        return self.chemin / ENTREPOT

    @contextlib.contextmanager
    def connexion(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse file for writing."""
        with duckdb.connect(str(self.entrepot)) as con:
            con.execute("SET enable_progress_bar = false")
            yield con


class Publication:
    """The only writer of a data directory, once `Dossier.ecrire` holds the lock."""

    def __init__(self, dossier: Dossier) -> None:
        """Repair what a crash may have left: versions not published, a journal entry missing."""
        self.dossier = dossier
        version = dossier.version()
        dossier.versions.mkdir(parents=True, exist_ok=True)
        self._oublier(lambda numero: numero > version.numero)
        journal = lire_journal(dossier.journal)
        if version.numero and (not journal or journal[-1]["version"] < version.numero):
            dossier.ajouter_ligne(dossier.journal, version.evenement)

    def brouillon(self, *, vide: bool = False) -> Brouillon:
        """Start a new version from the published one, or from nothing."""
        actuelle = self.dossier.version()
        chemin = self.dossier.versions / f"{actuelle.numero + 1:06d}.brouillon"
        chemin.mkdir()
        version = replace(actuelle, numero=actuelle.numero + 1)
        if vide:
            return Brouillon(chemin, Version(numero=version.numero))
        publie = self.dossier.courante.resolve()
        if (publie / ENTREPOT).exists():
            shutil.copyfile(publie / ENTREPOT, chemin / ENTREPOT)
        return Brouillon(chemin, version)

    def publier(self, brouillon: Brouillon, evenement: dict[str, Any]) -> Version:
        """Swap the version in, then write the journal; the swap is the moment of publication."""
        version = replace(
            brouillon.version, evenement={"version": brouillon.version.numero, **evenement}
        )
        (brouillon.chemin / VERSION).write_text(version.en_json(), "utf-8")
        for fichier in brouillon.chemin.iterdir():
            _sur_le_disque(fichier)
        finale = brouillon.chemin.with_suffix("")
        brouillon.chemin.rename(finale)
        lien = self.dossier.racine / "courante.nouvelle"
        lien.unlink(missing_ok=True)
        lien.symlink_to(finale.relative_to(self.dossier.racine), target_is_directory=True)
        lien.replace(self.dossier.courante)
        _sur_le_disque(self.dossier.racine)
        self.dossier.ajouter_ligne(self.dossier.journal, version.evenement)
        self._oublier(lambda numero: numero <= version.numero - VERSIONS_GARDEES)
        self._oublier_derives()
        return version

    def _oublier(self, perimee: Callable[[int], bool]) -> None:
        for chemin in list(self.dossier.versions.iterdir()):
            if chemin.suffix or perimee(int(chemin.name)):
                supprimer_version(chemin)

    def _oublier_derives(self) -> None:
        """Delete the states and follow-ups that no version on disk names, and what goes along."""
        versions = [lire_version(chemin) for chemin in self.dossier.versions.iterdir()]
        for racine, nom in ((self.dossier.etats, "etats"), (self.dossier.suivi, "suivi")):
            gardes = {fichier for version in versions for fichier in getattr(version, nom).values()}
            for fichier in racine.glob("*/*.parquet"):
                if f"{fichier.parent.name}/{fichier.name}" not in gardes:
                    fichier.unlink()
        for parcours in self.dossier.parcours.glob("*/*"):
            if not (
                self.dossier.etats / parcours.parent.name / f"{parcours.name}.parquet"
            ).exists():
                shutil.rmtree(parcours)


def _sur_le_disque(chemin: Path) -> None:
    descripteur = os.open(chemin, os.O_RDONLY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)

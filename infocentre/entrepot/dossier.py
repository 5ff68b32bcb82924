"""The data directory: where each thing lives, who may write, what a reader opens."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from infocentre.entrepot.relations import sql_relations
from infocentre.entrepot.version import Livraison, Version
from infocentre.erreurs import Refus

ENTREPOT, ANALYSTES, VERSION = "infocentre.duckdb", "analystes.duckdb", "version.json"
ESSAIS = 5


@dataclass(frozen=True, slots=True)
class Dossier:
    """The directory under which everything lives (INFOCENTRE_DOSSIER)."""

    racine: Path

    @property
    def archives(self) -> Path:
        """Typed deliveries: <departement>/<arrete>/<empreinte>/, never overwritten."""
        return self.racine / "archives"

    @property
    def nominatif(self) -> Path:
        """Names, one file per archive, read by reception and by purger alone."""
        return self.racine / "nominatif"

    @property
    def versions(self) -> Path:
        """Published states, the last two of them."""
        return self.racine / "versions"

    @property
    def courante(self) -> Path:
        """Symbolic link to the version that readers open."""
        return self.racine / "courante"

    @property
    def journal(self) -> Path:
        """Append-only journal of publications, one JSON object a line."""
        return self.racine / "journal.jsonl"

    @property
    def refus(self) -> Path:
        """Append-only list of the deliveries that were refused."""
        return self.racine / "refus.jsonl"

    @property
    def purges(self) -> Path:
        """Append-only list of the erasures of names: date and counts only."""
        return self.racine / "purges.jsonl"

    @property
    def catalogues(self) -> Path:
        """Every catalogue a month was controlled with, by its empreinte."""
        return self.racine / "catalogues"

    @property
    def validations(self) -> Path:
        """History and pages of Great Expectations."""
        return self.racine / "validations"

    @property
    def etats(self) -> Path:
        """Newest state of each demande: <departement>/<empreinte>.parquet."""
        return self.racine / "etats"

    @property
    def parcours(self) -> Path:
        """What is known of each numéro: <departement>/<empreinte of the state>/<table>.parquet."""
        return self.racine / "parcours"

    @property
    def constats(self) -> Path:
        """Units in anomaly of each control: <departement>/<mois>/<empreinte>.parquet."""
        return self.racine / "constats"

    @property
    def suivi(self) -> Path:
        """Anomalies that live: <departement>/<empreinte>.parquet."""
        return self.racine / "suivi"

    @property
    def partages(self) -> Path:
        """What each month's shared tables hide: <departement>.json, made by a reader."""
        return self.racine / "partages"

    @property
    def temporaire(self) -> Path:
        """Work in progress: emptied at each start of a writer."""
        return self.racine / "temporaire"

    def archive(self, livraison: Livraison) -> Path:
        """Return the directory of one archive."""
        return self.archives / livraison.departement / livraison.arrete / livraison.empreinte

    def version(self) -> Version:
        """Return the published version, an empty one before any publication."""
        return lire_version(self.courante)

    def exiger_version(self) -> Version:
        """Return the published version; raise Refus when nothing was published yet."""
        version = self.version()
        if not version.livraisons:
            raise Refus(
                "aucune livraison n'est encore chargée",
                str(self.racine),
                "Charger une livraison : infocentre charger LIVRAISON, ou infocentre demo.",
            )
        return version

    @contextlib.contextmanager
    def ecrire(self) -> Iterator[None]:
        """Hold the lock of the only writer; raise Refus when it is taken or the disk full."""
        with self.manque_de_place(), self._verrou():
            self._nettoyer()
            self.temporaire.mkdir()
            try:
                yield
            finally:
                self._nettoyer()

    @contextlib.contextmanager
    def manque_de_place(self) -> Iterator[None]:
        """Turn what the machine refuses (no space, no right) into a Refus."""
        try:
            yield
        except BrokenPipeError:
            raise
        except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as erreur:
            raise Refus(
                f"l'écriture a échoué ({erreur})",
                str(self.racine),
                "Vérifier la place et les droits sur le disque, puis recommencer : "
                "rien n'a changé.",
            ) from erreur

    @contextlib.contextmanager
    def _verrou(self) -> Iterator[None]:
        self.racine.mkdir(parents=True, exist_ok=True)
        with (self.racine / "verrou").open("a+", encoding="utf-8") as verrou:
            try:
                fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as erreur:
                verrou.seek(0)
                raise Refus(
                    f"une autre opération est en cours ({verrou.read().strip() or 'inconnue'})",
                    str(self.racine),
                    "Attendre qu'elle finisse, puis recommencer.",
                ) from erreur
            verrou.truncate(0)
            verrou.write(
                f"processus {os.getpid()}, depuis {dt.datetime.now().astimezone():%d/%m/%Y %H:%M}"
            )
            verrou.flush()
            yield

    def _nettoyer(self) -> None:
        """Delete the work of a writer that stopped: nothing of it was published."""
        shutil.rmtree(self.temporaire, ignore_errors=True)
        for brouillon in self.versions.glob("*.brouillon"):
            shutil.rmtree(brouillon, ignore_errors=True)

    @contextlib.contextmanager
    def lire(self) -> Iterator[Lecture]:
        """Open the published version and keep it until the end, whatever is published since."""
        with (
            self.tenir() as (chemin, version),
            duckdb.connect(str(chemin / ENTREPOT), read_only=True) as con,
        ):
            con.execute("SET enable_progress_bar = false")
            yield Lecture(self, version, con)

    @contextlib.contextmanager
    def tenir(self) -> Iterator[tuple[Path, Version]]:
        """Keep the published version on the disk until the end; give its directory."""
        for essai in range(ESSAIS):
            reelle = self.courante.resolve()
            try:
                with contextlib.ExitStack() as pile:
                    pile.enter_context(retenir(reelle))
                    version = lire_version(reelle)
                    tenue = pile.pop_all()
            except OSError:
                if essai == ESSAIS - 1 or not self.courante.exists():
                    self.exiger_version()
                    raise
                continue
            break
        with tenue:
            yield reelle, version

    def ajouter_ligne(self, fichier: Path, contenu: dict[str, Any]) -> None:
        """Append one JSON object to a journal, on the disk when this returns."""
        ligne = (json.dumps(contenu, ensure_ascii=False) + "\n").encode()
        with fichier.open("r+b" if fichier.exists() else "w+b") as flux:
            flux.seek(fin_du_journal(flux.read()))
            flux.truncate()
            flux.write(ligne)
            flux.flush()
            os.fsync(flux.fileno())


@dataclass(frozen=True, slots=True)
class Lecture:
    """A published version, open: `con` sees its tables, `relations` makes its archives visible."""

    dossier: Dossier
    version: Version
    con: duckdb.DuckDBPyConnection

    def relations(self, livraisons: list[Livraison]) -> None:
        """Make stock, radiation, … the relations over the archives of these deliveries."""
        for instruction in sql_relations([self.dossier.archive(une) for une in livraisons]):
            self.con.execute(instruction)


@contextlib.contextmanager
def retenir(version: Path) -> Iterator[None]:
    """Hold a version for reading: its directory stays, and so the states that it names.

    Raises:
        FileNotFoundError: it was deleted just before.
    """
    with (version / VERSION).open("rb") as flux:
        fcntl.flock(flux, fcntl.LOCK_SH)
        if not (version / VERSION).exists():
            raise FileNotFoundError(version)
        yield


def supprimer_version(version: Path) -> None:
    """Delete the directory of a version; one that is being read waits for the next time."""
    with contextlib.ExitStack() as pile:
        if (version / VERSION).exists():
            flux = pile.enter_context((version / VERSION).open("r+b"))
            try:
                fcntl.flock(flux, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        shutil.rmtree(version)


def lire_version(chemin: Path) -> Version:
    """Return the version of a directory, an empty one when there is none."""
    fichier = chemin / VERSION
    return Version.depuis_json(fichier.read_text("utf-8")) if fichier.exists() else Version()


def fin_du_journal(contenu: bytes) -> int:
    """Return the length of the whole lines: a line torn by a crash is written over."""
    return contenu.rfind(b"\n") + 1


def lire_journal(fichier: Path) -> list[dict[str, Any]]:
    """Return the entries of a journal, oldest first."""
    if not fichier.exists():
        return []
    contenu = fichier.read_bytes()
    lignes = contenu[: fin_du_journal(contenu)].decode().splitlines()
    return [json.loads(ligne) for ligne in lignes]

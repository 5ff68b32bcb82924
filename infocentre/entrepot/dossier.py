"""The data directory: where each thing lives, who may write, what a reader opens."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from infocentre.entrepot.evenements import Evenement
from infocentre.entrepot.journal import ajouter_ligne, lire_evenements, reparer_journal
from infocentre.entrepot.relations import sql_relations
from infocentre.entrepot.version import Livraison, Version
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.fichiers import raison, raison_de_lecture
from infocentre.noyau.temps import dater_heure

ENTREPOT, ANALYSTES, VERSION = "infocentre.duckdb", "analystes.duckdb", "version.json"
DIFFUSES = "registre.jsonl"  # of all that was shared: an edition that goes is missed
ESSAIS = 5
REPARER = "La remettre en place : infocentre reparer."
# What the infocentre itself names: the rest, in its directories, is a stranger's and stays.
NUMERO, ARRETE, EMPREINTE = r"\d{6}", r"\d{4}-\d{2}-\d{2}", r"[0-9a-f]{64}"
PLEIN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)
# What DuckDB says when it meets a file that is not what it was.
ILLISIBLES = (
    duckdb.IOException,
    duckdb.InvalidInputException,
    duckdb.SerializationException,
    duckdb.FatalException,
    duckdb.InternalException,
)
_REFUS_DE_DUCKDB = (duckdb.OutOfMemoryException, duckdb.TransactionException)
# What it says of a disk that takes no more, when it writes a file or ends a transaction.
_DE_DUCKDB = {
    "no space": raison(OSError(errno.ENOSPC, "")),
    "too large": raison(OSError(errno.EFBIG, "")),
    "permission": raison(OSError(errno.EACCES, "")),
    "could not write": "le disque refuse d'écrire",
}


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
        """Names, one file per archive, and what is drawn from them of persons."""
        return self.racine / "nominatif"

    @property
    def doublons(self) -> Path:
        """What is known of pairs of persons: nominative too, see `infocentre.identite`."""
        return self.nominatif / "doublons"

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
    def effacements(self) -> Path:
        """Append-only list of the numéros whose demandeurs asked to be erased."""
        return self.racine / "effacements.jsonl"

    @property
    def registres(self) -> Path:
        """Registers of guichets that people completed: <departement>/<empreinte>.json."""
        return self.racine / "registres"

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
    def documents(self) -> Path:
        """Documents that pages asked for: <version>/<what they were made from>.<form>."""
        return self.racine / "documents"

    @property
    def diffusions(self) -> Path:
        """Register of what was shared, kept for good: <departement>/<subject>/<edition>.json.gz."""
        return self.racine / "diffusions"

    @property
    def diffuses(self) -> Path:
        """Append-only list of the editions of `diffusions`."""
        return self.diffusions / DIFFUSES

    @property
    def pieces(self) -> Path:
        """Files sent to lists, kept for good: <sha256>.<form>."""
        return self.racine / "pieces"

    @property
    def file(self) -> Path:
        """The queue of what is heavy: queries, documents, trials of rules."""
        return self.racine / "requetes"

    @property
    def temporaire(self) -> Path:
        """Work in progress: emptied at each start of a writer."""
        return self.racine / "temporaire"

    @property
    def remplacement(self) -> Path:
        """Files about to take the place of others, all or none: see `remplacement`."""
        return self.racine / "remplacement"

    @property
    def premiere(self) -> Path:
        """Mark of a first loading under way: archives without any publication are its own."""
        return self.racine / "premiere-publication"

    def archive(self, livraison: Livraison) -> Path:
        """Return the directory of one archive."""
        return self.archives / livraison.departement / livraison.arrete / livraison.empreinte

    def version(self) -> Version:
        """Return the published version, an empty one before any publication.

        Raises:
            Refus: it is damaged, or it is gone while what was published is still there.
        """
        if self.courante.is_dir():
            return lire_version(self.courante)
        if self.a_publie():
            raise Refus(
                "la version publiée n'est plus là (lien « courante »), "
                "mais ce qui a été publié n'est pas perdu",
                str(self.courante),
                REPARER,
            )
        return Version()

    def a_publie(self) -> bool:
        """Tell whether the journal, versions or archives say that something was published."""
        if self.publications():
            return True
        if self.premiere.exists():
            return False
        return bool(self.numeros()) or next(self.toutes_archives(), None) is not None

    def publications(self) -> list[Evenement]:
        """Return what the journal of publications says, the oldest first."""
        return lire_evenements(self.journal, Evenement)

    def numeros(self) -> dict[int, Path]:
        """Return the directories of versions by their number; a stranger's is none."""
        if not self.versions.is_dir():
            return {}
        return {
            int(chemin.name): chemin
            for chemin in sorted(self.versions.iterdir())
            if re.fullmatch(NUMERO, chemin.name) and chemin.is_dir()
        }

    def toutes_archives(self, departement: str = "*") -> Iterator[Path]:
        """Return the directory of every archive, in force or not; a stranger's is none."""
        for chemin in sorted(self.archives.glob(f"{departement}/*/*")):
            if (
                re.fullmatch(EMPREINTE, chemin.name)
                and re.fullmatch(ARRETE, chemin.parent.name)
                and chemin.is_dir()
            ):
                yield chemin

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
            for journal in (self.journal, self.refus, self.purges):
                reparer_journal(journal)
            self.temporaire.mkdir(mode=0o700)
            try:
                yield
            finally:
                self._nettoyer()

    @contextlib.contextmanager
    def manque_de_place(self) -> Iterator[None]:
        """Turn what the machine refuses (no space, no right, an unreadable file) into a Refus."""
        try:
            yield
        except BrokenPipeError:
            raise
        except (OSError, *_REFUS_DE_DUCKDB, *ILLISIBLES) as erreur:
            raise refus_de_la_machine(erreur, self.racine) from erreur

    @contextlib.contextmanager
    def _verrou(self) -> Iterator[None]:
        self.racine.mkdir(parents=True, exist_ok=True)
        with (self.racine / "verrou").open("a+", encoding="utf-8") as verrou:
            try:
                fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as erreur:
                verrou.seek(0)
                raise RefusMotive(
                    "occupe",
                    f"une autre opération est en cours ({verrou.read().strip() or 'inconnue'})",
                    "Attendre qu'elle finisse, puis recommencer.",
                    str(self.racine),
                ) from erreur
            verrou.truncate(0)
            verrou.write(
                f"processus {os.getpid()}, depuis le {dater_heure(dt.datetime.now().astimezone())}"
            )
            verrou.flush()
            try:
                yield
            finally:
                # Closed is not enough: a process being started may hold it a moment longer.
                fcntl.flock(verrou, fcntl.LOCK_UN)

    def _nettoyer(self) -> None:
        """Delete the work of a writer that stopped: nothing of it was published."""
        shutil.rmtree(self.temporaire, ignore_errors=True)
        for brouillon in self.versions.glob("*.brouillon"):
            if re.fullmatch(NUMERO, brouillon.stem):
                shutil.rmtree(brouillon, ignore_errors=True)

    @contextlib.contextmanager
    def lire(self) -> Iterator[VersionLue]:
        """Open the published version and keep it until the end, whatever is published since."""
        with self.tenir() as (chemin, version), ouvrir_entrepot(chemin / ENTREPOT) as con:
            con.execute("SET enable_progress_bar = false")
            yield VersionLue(self, version, con)

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

    def ajouter_ligne(self, fichier: Path, contenu: Mapping[str, Any]) -> None:
        """Append one JSON object to a journal, on the disk when this returns."""
        ajouter_ligne(fichier, contenu)


def ouvrir_entrepot(fichier: Path) -> duckdb.DuckDBPyConnection:
    """Open a warehouse file for reading.

    Raises:
        Refus: it is absent, or damaged.
    """
    try:
        return duckdb.connect(str(fichier), read_only=True)
    except ILLISIBLES as erreur:
        quoi = "est abîmé" if fichier.exists() else "n'est plus là"
        raise Refus(
            f"l'entrepôt de la version publiée {quoi}",
            str(fichier),
            "Le recalculer des archives : infocentre reparer.",
        ) from erreur


def refus_de_la_machine(erreur: Exception, racine: Path) -> Refus:
    """Tell a disk that is full or forbidden from a file that cannot be read, or not any more."""
    if isinstance(erreur, PermissionError) and (ferme := _ferme(erreur.filename or racine)):
        return Refus(
            "le droit de le lire manque à ce compte",
            str(ferme),
            "Le lui donner, ou lancer la commande sous le compte qui l'a (sur un serveur, celui du "
            "service) : ce qui était publié le reste.",
        )
    if dit := _empeche_d_ecrire(erreur):
        return Refus(
            f"l'écriture a échoué : {dit}",
            str(racine),
            "Vérifier la place et les droits sur le disque, puis recommencer : "
            "ce qui était publié le reste.",
        )
    dit = raison_de_lecture(erreur) if isinstance(erreur, OSError) else str(erreur)
    return Refus(
        f"un fichier n'a pas pu être lu ({dit})",
        str(getattr(erreur, "filename", None) or racine),
        "Le nommer et savoir comment le remettre : infocentre verifier. "
        "Ce qui était publié le reste.",
    )


def _ferme(chemin: str | Path) -> Path | None:
    """Return what this account may not read on the way to a file; None when nothing is."""
    entier = Path(os.fsdecode(chemin)).absolute()
    for un in (*reversed(entier.parents), entier):
        if not os.access(un, os.F_OK):
            return None
        lire = os.R_OK if un == entier else 0
        if not os.access(un, lire | (os.X_OK if un.is_dir() else 0)):
            return un
    return None


def _empeche_d_ecrire(erreur: Exception) -> str:
    """Return why nothing could be written, in French; '' when it is something else."""
    if isinstance(erreur, OSError):
        return raison(erreur) if erreur.errno in PLEIN else ""
    if isinstance(erreur, duckdb.OutOfMemoryException):
        return "la mémoire de la machine ne suffit pas"
    texte = str(erreur).lower()
    return next((dit for mot, dit in _DE_DUCKDB.items() if mot in texte), "")


@dataclass(frozen=True, slots=True)
class VersionLue:
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
    """Return the version of a directory.

    Raises:
        Refus: its version.json is absent, or is not what was written.
    """
    fichier = chemin / VERSION
    try:
        return Version.depuis_json(fichier.read_text("utf-8"))
    except FileNotFoundError as erreur:
        raise Refus("ce qui décrit la version n'est plus là", str(fichier), REPARER) from erreur
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as erreur:
        raise Refus("ce qui décrit la version est abîmé", str(fichier), REPARER) from erreur

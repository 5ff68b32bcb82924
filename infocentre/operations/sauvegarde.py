"""One coherent backup of both stores: what is published, and what people decided.

    manifeste.json    every file with its size and sha256, the version, the step of the store
    donnees/          the data directory with its published version, a directory like any other
    decisions/        the store, a file of JSON rows a table: of SQLite or of PostgreSQL

A backup is read again, and compared, before it has its name; a restoration is whole or is not.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict, cast

import sqlalchemy as sa

from infocentre.decisions import Magasin
from infocentre.decisions.copie import copier, recopier
from infocentre.decisions.magasin import FICHIER, magasin_present
from infocentre.decisions.schema import VERSION as ETAPE
from infocentre.entrepot import Dossier, Version
from infocentre.entrepot.publication import pointer
from infocentre.entrepot.sceaux import Dommage
from infocentre.noyau import temoins
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, empreintes, sha256, sur_le_disque
from infocentre.noyau.scelle import desceller, sceller
from infocentre.operations.conserves import dans_le_magasin
from infocentre.operations.verification import Examen, examiner

MANIFESTE, DONNEES, DECISIONS = "manifeste.json", "donnees", "decisions"
CLE, EN_COURS, VERROU = "cle", "restauration", "verrou"
NOM = re.compile(r"\d{4}-\d{2}-\d{2}-\d{6}")
FORMAT = 1
BLOC = 1 << 20
# What is made again by itself, what is under way, what is copied otherwise.
LAISSES = frozenset(
    {
        "temporaire",
        "requetes",
        "travaux",
        "documents",
        VERROU,
        "verrou-analystes",
        "courante",
        "messagerie.secret",  # a password is typed again: a backup is read by more people
    }
)
AUTRE = "Prendre une autre sauvegarde."


class Manifeste(TypedDict):
    """What a backup says of itself, as JSON; beside it is its own sha256."""

    format: int
    le: str
    version: int
    etape: str
    cle: bool
    tables: dict[str, int]
    fichiers: dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Sauvegarde:
    """What a backup says of itself."""

    le: str
    version: int
    etape: str
    cle: bool
    fichiers: dict[str, tuple[int, str]]
    tables: dict[str, int]

    @property
    def octets(self) -> int:
        """What it weighs."""
        return sum(octets for octets, _ in self.fichiers.values())

    def en_json(self) -> dict[str, Any]:
        """Return the manifest, with its own sha256."""
        dit: Manifeste = {
            "format": FORMAT,
            "le": self.le,
            "version": self.version,
            "etape": self.etape,
            "cle": self.cle,
            "tables": self.tables,
            "fichiers": self.fichiers,
        }
        return sceller(dit)


# --- Sauvegarder ----------------------------------------------------------------------------------


def sauvegarder(dossier: Dossier, cible: Path, *, avec_cle: bool) -> tuple[Sauvegarde, Examen]:
    """Back both stores up in a directory that does not exist yet; return what it holds.

    No writer works meanwhile; pages are served. The examination is that of the backup itself.

    Raises:
        Refus: a writer works, `cible` is taken, or the copy differs.
    """
    if cible.exists():
        raise Refus("il y a déjà quelque chose à cet endroit", str(cible), "Choisir un autre nom.")
    if dossier.racine.resolve() in [cible.parent.resolve(), *cible.parent.resolve().parents]:
        raise Refus(
            "une sauvegarde ne se range pas dans les données qu’elle garde",
            str(cible),
            "Choisir un autre dossier, sur un autre disque de préférence.",
        )
    partielle = cible.with_name(f".{cible.name}.partielle")
    with dossier.ecrire():
        version = dossier.version()
        cible.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partielle, ignore_errors=True)
        partielle.mkdir(mode=0o700)
        try:
            faite = _copier(dossier, version, partielle, avec_cle=avec_cle)
            ecrire(partielle / MANIFESTE, json.dumps(faite.en_json(), indent=1))
            faite, examen = verifier(partielle)
            sur_le_disque(*(un for un in partielle.rglob("*") if not un.is_symlink()), partielle)
            partielle.rename(cible)
            sur_le_disque(cible.parent)
            temoins.noter(
                dossier.racine, {"sauvegarde": {"ou": str(cible.absolute()), "le": faite.le}}
            )
        finally:
            shutil.rmtree(partielle, ignore_errors=True)
    return faite, examen


def _copier(dossier: Dossier, version: Version, cible: Path, *, avec_cle: bool) -> Sauvegarde:
    fichiers = {}
    publiee = dossier.courante.resolve()
    for source in _a_garder(dossier, publiee):
        relatif = source.relative_to(dossier.racine)
        if str(relatif) == CLE and not avec_cle:
            continue
        with contextlib.suppress(FileNotFoundError):  # a page threw it away meanwhile
            fichiers[f"{DONNEES}/{relatif}"] = _copier_un(source, cible / DONNEES / relatif)
    (cible / DONNEES).mkdir(mode=0o700, exist_ok=True)
    if version.numero:
        pointer(Dossier(cible / DONNEES), cible / DONNEES / publiee.relative_to(dossier.racine))
    (cible / DECISIONS).mkdir()
    magasin = magasin_present(dossier.racine)
    tables = copier(magasin, cible / DECISIONS) if magasin else {}
    for nom in tables:
        fichier = cible / DECISIONS / f"{nom}.jsonl"
        fichiers[f"{DECISIONS}/{fichier.name}"] = (fichier.stat().st_size, sha256(fichier))
    le = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    cle = f"{DONNEES}/{CLE}" in fichiers
    return Sauvegarde(le, version.numero, ETAPE, cle, dict(sorted(fichiers.items())), tables)


def _a_garder(dossier: Dossier, publiee: Path) -> Iterator[Path]:
    """Yield the files of the data: of the versions, the published one alone."""
    for enfant in sorted(dossier.racine.iterdir()):
        if enfant.name in LAISSES or enfant.name.startswith((FICHIER, ".")):
            continue
        for chemin in [enfant] if enfant.is_file() else sorted(enfant.rglob("*")):
            ancienne = dossier.versions in chemin.parents and publiee not in chemin.parents
            if chemin.is_file() and not chemin.is_symlink() and not ancienne:
                yield chemin


def _copier_un(source: Path, cible: Path) -> tuple[int, str]:
    """Copy a file; return the size and the sha256 of what was read."""
    cible.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lu, octets = hashlib.sha256(), 0
    with (
        source.open("rb") as entree,
        os.fdopen(os.open(cible, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sortie,
    ):
        while bloc := entree.read(BLOC):
            lu.update(bloc)
            octets += sortie.write(bloc)
    return octets, lu.hexdigest()


def garder(racine: Path, nombre: int) -> list[str]:
    """Delete the oldest backups of a directory, but the last ones; return the names deleted."""
    faites = sorted(un for un in racine.iterdir() if NOM.fullmatch(un.name))
    for une in faites[:-nombre]:
        shutil.rmtree(une)
    return [une.name for une in faites[:-nombre]]


# --- Vérifier -------------------------------------------------------------------------------------


def verifier(source: Path) -> tuple[Sauvegarde, Examen]:
    """Read a whole backup again, file by file; return what it holds and what was damaged in it.

    Raises:
        Refus: it names the first file that is missing, added, or not what was written.
    """
    faite = lire(source)
    presents = {
        str(un.relative_to(source))
        for un in source.rglob("*")
        if un.is_file() and not un.is_symlink() and un.name != MANIFESTE
    }
    if en_trop := sorted(presents - faite.fichiers.keys()):
        raise Refus("un fichier n’est pas de cette sauvegarde", str(source / en_trop[0]), AUTRE)
    attendus = {source / nom: un for nom, un in faite.fichiers.items()}
    for fichier, lue in empreintes(attendus).items():
        if lue is None:
            raise Refus("un fichier de la sauvegarde manque", str(fichier), AUTRE)
        if lue != attendus[fichier][1]:
            quoi = "un fichier de la sauvegarde n’est plus ce qu’il était"
            raise Refus(quoi, str(fichier), AUTRE)
    dommages = _relire_les_decisions(faite, source)
    ailleurs = {"decisions"} if faite.cle else {"decisions", CLE}
    examen = examiner(Dossier(source / DONNEES), ailleurs=ailleurs)
    return faite, replace(examen, dommages=(*examen.dommages, *dommages))


def lire(source: Path) -> Sauvegarde:
    """Return what the manifest of a backup says.

    Raises:
        Refus: there is none, or it is not what was written.
    """
    fichier = source / MANIFESTE
    try:
        lu = cast("Manifeste", desceller(json.loads(fichier.read_text("utf-8"))))
        if lu["format"] != FORMAT:
            raise ValueError(FORMAT)  # noqa: TRY301 - as what json.loads raises
    except (FileNotFoundError, NotADirectoryError) as erreur:
        quoi = "ce n’est pas une sauvegarde : elle n’a pas de manifeste"
        que_faire = "Donner le dossier qu’a fait infocentre sauvegarder."
        raise Refus(quoi, str(source), que_faire) from erreur
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as erreur:
        quoi = "le manifeste de la sauvegarde n’est plus ce qu’il était"
        raise Refus(quoi, str(fichier), AUTRE) from erreur
    fichiers = {nom: (int(octets), str(lue)) for nom, (octets, lue) in lu["fichiers"].items()}
    return Sauvegarde(lu["le"], lu["version"], lu["etape"], lu["cle"], fichiers, lu["tables"])


def _relire_les_decisions(faite: Sauvegarde, source: Path) -> list[Dommage]:
    """Make a base of the copy of the store, as a restoration will; count its rows, look at them."""
    if not faite.tables:
        return []
    with tempfile.TemporaryDirectory(prefix="infocentre-") as temporaire:
        url = f"sqlite:///{temporaire}/{FICHIER}"
        racine = source / DONNEES if faite.cle else None
        recopier(url, source / DECISIONS, faite.etape, lambda: None, racine)
        magasin = Magasin(url, racine)
        with magasin.lire() as con:
            for table, attendues in faite.tables.items():
                lues = con.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
                if lues != attendues:
                    quoi = f"{lues} lignes au lieu de {attendues}"
                    raise Refus(quoi, str(source / DECISIONS / f"{table}.jsonl"), AUTRE)
        # Without the key, what it sealed cannot be read again.
        return (
            list(dans_le_magasin(magasin, source / DECISIONS, source / DONNEES))
            if faite.cle
            else []
        )


# --- Restaurer ------------------------------------------------------------------------------------


def restaurer(source: Path, dossier: Dossier, decisions: str | None) -> Sauvegarde:
    """Put both stores back, whole or not at all, where there is nothing.

    `decisions` is the URL of an empty base, None for SQLite in the data directory.

    Raises:
        Refus: the backup is damaged, or the place is not empty.
    """
    faite, _ = verifier(source)
    with _atelier(dossier) as atelier:
        for nom, (_, attendue) in faite.fichiers.items():
            if nom.startswith(f"{DONNEES}/"):
                _, lue = _copier_un(source / nom, atelier / Path(nom).relative_to(DONNEES))
                if lue != attendue:
                    raise Refus("un fichier change pendant qu’il est lu", str(source / nom), AUTRE)
        if faite.version:
            pointer(Dossier(atelier), atelier / (source / DONNEES / "courante").readlink())
        if decisions:
            recopier(
                decisions,
                source / DECISIONS,
                faite.etape,
                lambda: _poser(dossier.racine, atelier),
                source / DONNEES,
            )
        else:
            base = f"sqlite:///{atelier.absolute()}/{FICHIER}"
            recopier(base, source / DECISIONS, faite.etape, lambda: None, source / DONNEES)
            _poser(dossier.racine, atelier)
    return faite


@contextlib.contextmanager
def _atelier(dossier: Dossier) -> Iterator[Path]:
    """Give where a restoration is prepared: in an empty data directory, emptied by a failure.

    What a restoration that was killed left there is its own: it is thrown away.
    """
    racine = dossier.racine
    if (racine / EN_COURS).is_dir():
        _vider(racine)
    if racine.exists() and not _est_vide(dossier):
        raise Refus(
            "ce dossier n’est pas vide, et une restauration ne remplace rien",
            str(racine),
            "Donner à INFOCENTRE_DOSSIER un dossier vide, ou déplacer celui-ci.",
        )
    atelier = racine / EN_COURS
    atelier.mkdir(mode=0o700, parents=True)
    try:
        yield atelier
        atelier.rmdir()
        sur_le_disque(racine)
    except BaseException:
        _vider(racine)
        raise


def _est_vide(dossier: Dossier) -> bool:
    """Tell whether a data directory holds nothing but what a command that wrote nothing leaves."""
    if not dossier.racine.is_dir():
        return False
    reste = {un.name for un in dossier.racine.iterdir()} - {VERROU}
    return not reste or (reste == {dossier.versions.name} and not any(dossier.versions.iterdir()))


def _poser(racine: Path, atelier: Path) -> None:
    """Move what was prepared to its place; the link that makes it published comes last."""
    sur_le_disque(*(un for un in atelier.rglob("*") if not un.is_symlink()))
    for enfant in sorted(atelier.iterdir(), key=lambda un: un.is_symlink()):
        enfant.rename(racine / enfant.name)
    sur_le_disque(racine)


def _vider(racine: Path) -> None:
    """Empty a data directory, the mark of the restoration last."""
    for enfant in sorted(racine.iterdir(), key=lambda un: un.name == EN_COURS):
        if enfant.is_dir() and not enfant.is_symlink():
            shutil.rmtree(enfant)
        else:
            enfant.unlink()

"""A file is written whole or not at all, one way; and the sha256 by which files are known.

It is written aside, put on the disk, given its rights, then its name; nothing is left of one that
could not be.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import hashlib
import os
import shutil
import stat
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path

from infocentre.noyau.erreurs import Refus

FILS = 4
PEU = 8 << 20  # bytes that are read before four threads have started
MASQUE = 0o077  # what the owner alone may do, whatever the umask of who starts the program
AUTRE_FICHIER = "Choisir un autre fichier."
PARTIEL = ".partiel"  # how the name of what is being written ends
# Told of the content of what is handed over, before it is, and of what is said of it: to whom a
# message goes, nothing of a file, which is for who asks.
Remettre = Callable[[bytes, Mapping[str, str]], object]
A_REMETTRE: ContextVar[Remettre | None] = ContextVar("a_remettre", default=None)


def est_vu(nom: str) -> bool:
    """Tell what a person handed over from what systems and spreadsheets leave beside it."""
    return not nom.startswith((".", "~$", "__MACOSX"))


def sur_le_disque(*chemins: Path) -> None:
    """Return once these files or directories are on the disk."""
    for chemin in chemins:
        descripteur = os.open(chemin, os.O_RDONLY)
        try:
            os.fsync(descripteur)
        finally:
            os.close(descripteur)


def poser(partiel: Path, cible: Path, *, neuf: bool = False) -> None:
    """Put a file that is written aside in its place, on the disk when this returns.

    With `neuf`, FileExistsError is raised when something is there already.
    """
    neufs = [dossier for dossier in cible.parents if not dossier.exists()]
    cible.parent.mkdir(parents=True, exist_ok=True)
    sur_le_disque(partiel)
    if neuf:
        cible.hardlink_to(partiel)
        partiel.unlink()
    else:
        partiel.replace(cible)
    sur_le_disque(cible.parent, *(dossier.parent for dossier in neufs))


@contextlib.contextmanager
def en_place(
    cible: Path, *, dans: Path | None = None, droits: int | None = None, neuf: bool = False
) -> Iterator[Path]:
    """Give where to write a file; it is in its place, whole, at the end of the block.

    It is written beside, or in `dans`, a directory of the same disk. `droits` are its rights from
    its first byte on (0o600: nobody but the owner). `neuf`: as `poser` has it.
    """
    nom = f"{cible.name}.{os.getpid()}-{threading.get_ident()}{PARTIEL}"
    partiel = (dans or cible.parent) / nom
    try:
        if droits is not None:
            os.close(os.open(partiel, os.O_WRONLY | os.O_CREAT | os.O_EXCL, droits))
        yield partiel
        if droits is not None:
            partiel.chmod(droits)
        poser(partiel, cible, neuf=neuf)
    finally:
        for reste in partiel.parent.glob(f"{glob.escape(nom)}*"):  # and what DuckDB has beside
            reste.unlink()


def ecrire(cible: Path, contenu: str | bytes, *, droits: int | None = None) -> None:
    """Write a file of this text (UTF-8) or of these bytes, in a directory that may be new."""
    cible.parent.mkdir(parents=True, exist_ok=True)
    with en_place(cible, droits=droits) as partiel:
        partiel.write_bytes(contenu.encode() if isinstance(contenu, str) else contenu)


@contextlib.contextmanager
def seul_ici(dossier: Path) -> Iterator[None]:
    """Let one at a time, of all processes, change what is in a directory."""
    descripteur = os.open(dossier, os.O_RDONLY)
    try:
        fcntl.flock(descripteur, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descripteur)


def ouverts(racine: Path) -> list[Path]:
    """Return the files and directories of ours, under this one, that others have rights on."""
    tous = [racine, *racine.rglob("*")] if racine.is_dir() else []
    return [un for un in tous if _ouvert(un)]


def _ouvert(chemin: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):  # gone meanwhile: another program works here
        etat = chemin.lstat()
        ordinaire = stat.S_ISREG(etat.st_mode) or stat.S_ISDIR(etat.st_mode)
        return ordinaire and etat.st_uid == os.geteuid() and bool(etat.st_mode & MASQUE)
    return False


def fermer_aux_autres(chemins: Iterable[Path]) -> None:
    """Leave these files and directories to their owner alone."""
    for chemin in chemins:
        with contextlib.suppress(FileNotFoundError):
            chemin.chmod(stat.S_IMODE(chemin.lstat().st_mode) & ~MASQUE)


# What the system says in English, as people read it: of what is written, then of what is read.
_RAISONS: dict[int, str] = {
    errno.EACCES: "le droit d'y écrire manque",
    errno.EPERM: "le droit d'y écrire manque",
    errno.EROFS: "ce disque ne s'écrit pas",
    errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "son dossier est un fichier",
    errno.ENOENT: "son dossier n'existe pas",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le disque est plein",
    errno.EFBIG: "un fichier dépasse la taille permise",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.EIO: "le disque ne répond pas",
}
_EN_LECTURE: dict[int, str] = {
    errno.ENOENT: "il n'existe pas",
    errno.EACCES: "le droit de le lire manque",
    errno.EPERM: "le droit de le lire manque",
    errno.ELOOP: "c'est un lien qui ne mène nulle part",
}


def raison(erreur: OSError) -> str:
    """Return why the system refuses to write, in French."""
    return _RAISONS.get(erreur.errno or 0, f"erreur {erreur.errno} du système")


def raison_de_lecture(erreur: OSError) -> str:
    """Return why the system refuses to read, in French."""
    return _EN_LECTURE.get(erreur.errno or 0) or raison(erreur)


@contextlib.contextmanager
def refus_de_lecture(chemin: Path, ou: str = "") -> Iterator[None]:
    """Turn what keeps from reading a file that a person names into a Refus."""
    try:
        yield
    except OSError as erreur:
        quoi = f"ce fichier ne peut pas être lu : {raison_de_lecture(erreur)}"
        raise Refus(quoi, ou or str(chemin), "Vérifier ce fichier et ses droits.") from erreur


def lire_texte(chemin: Path, ou: str = "") -> str:
    """Return the text of a file, with or without the mark of UTF-8; raise Refus that says why not.

    `ou` is how the file is named to who reads the refusal, its whole path unless told.
    """
    try:
        with refus_de_lecture(chemin, ou):
            return chemin.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refus(
            "ce fichier n'est pas en UTF-8", ou or str(chemin), "L'enregistrer en UTF-8."
        ) from None


def exiger_lisible(chemin: Path) -> None:
    """Raise Refus for a file that cannot be read: absent, a directory, without rights."""
    with refus_de_lecture(chemin):
        chemin.open("rb").close()


@contextlib.contextmanager
def refus_d_ecriture(cible: Path, que_faire: str = AUTRE_FICHIER) -> Iterator[None]:
    """Turn what keeps from writing where a person wants it into a Refus."""
    try:
        yield
    except OSError as erreur:
        quoi = f"l'écriture a échoué : {raison(erreur)}"
        raise Refus(quoi, str(cible), que_faire) from erreur


def exiger_fichier(cible: Path) -> None:
    """Raise Refus when a file cannot stand there, before what would fill it is made.

    A directory, a device or a pipe is not replaced; the nearest directory that exists is one, in
    which one may write.
    """
    with refus_d_ecriture(cible):
        if cible.is_dir():
            raise _erreur(errno.EISDIR)
        if cible.exists() and not cible.is_file():
            raise Refus(
                "ce n'est pas un fichier ordinaire", str(cible), "Choisir un autre fichier."
            )
        dossier = next(un for un in cible.absolute().parents if un.exists())
        if not dossier.is_dir():
            raise _erreur(errno.ENOTDIR)
        if not os.access(dossier, os.W_OK | os.X_OK):
            raise _erreur(errno.EACCES)


def _erreur(numero: int) -> OSError:
    return OSError(numero, os.strerror(numero))


def remettre(cible: Path, contenu: str | bytes, *, dossiers: bool = False) -> None:
    """Write the file that a person asks for; raise Refus when it cannot be.

    Its directory is there, or made with `dossiers`. Who follows what is handed over knows first.
    """
    exiger_fichier(cible)
    if (dire := A_REMETTRE.get()) is not None:
        dire(contenu.encode() if isinstance(contenu, str) else contenu, {})
    with refus_d_ecriture(cible):
        if not dossiers and not cible.parent.is_dir():
            raise _erreur(errno.ENOENT)
        ecrire(cible, contenu)


@contextlib.contextmanager
def dossier_en_place(cible: Path) -> Iterator[Path]:
    """Give where to write a directory; it has its name, whole and on the disk, after the block.

    Raises:
        Refus: something is there, which is not replaced, or it cannot be written.
    """
    with refus_d_ecriture(cible, "Choisir un autre dossier."):
        if cible.exists() and (not cible.is_dir() or any(cible.iterdir())):
            quoi = "ce dossier n'est pas vide" if cible.is_dir() else "c'est un fichier"
            faire = "Choisir un dossier neuf : ce qui est déjà écrit n'est jamais recouvert."
            raise Refus(quoi, str(cible), faire)
        if not cible.absolute().parent.is_dir():
            raise _erreur(errno.ENOENT)
        _balayer(cible.absolute())
        partiel = Path(
            tempfile.mkdtemp(PARTIEL, prefix=f".{cible.name}.", dir=cible.absolute().parent)
        )
        tenu = os.open(partiel, os.O_RDONLY)
        try:
            fcntl.flock(tenu, fcntl.LOCK_EX)
            yield partiel
            sur_le_disque(*(un for un in partiel.rglob("*")), partiel)
            partiel.rename(cible)
            sur_le_disque(cible.absolute().parent)
        finally:
            os.close(tenu)
            shutil.rmtree(partiel, ignore_errors=True)


def _balayer(cible: Path) -> None:
    """Remove what a death left of a directory that was being written: nobody holds it."""
    for reste in cible.parent.glob(f".{glob.escape(cible.name)}.*{PARTIEL}"):
        with contextlib.suppress(OSError):
            tenu = os.open(reste, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(tenu, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(reste, ignore_errors=True)
            finally:
                os.close(tenu)


def sha256(fichier: Path) -> str:
    """Return the sha256 of a file."""
    with fichier.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


def releve(*dossiers: Path) -> str:
    """Return what names the files under these directories: their places, times and sizes.

    So does Python tell that a module changed; what it compiled is left out.
    """
    vus = []
    for dossier in dossiers:
        for ici, sous, noms in os.walk(dossier):
            sous[:] = [un for un in sous if un != "__pycache__"]
            etats = ((nom, Path(ici, nom).stat()) for nom in noms)
            vus += [f"{ici}/{nom} {etat.st_mtime_ns} {etat.st_size}" for nom, etat in etats]
    return hashlib.sha256("\n".join(sorted(vus)).encode()).hexdigest()


def empreintes(fichiers: Iterable[Path]) -> dict[Path, str | None]:
    """Return the sha256 of each file, None for one that cannot be read; several at a time."""
    liste = list(fichiers)
    if sum(map(_taille, liste)) < PEU:
        return {fichier: _sha256_ou_rien(fichier) for fichier in liste}
    with ThreadPoolExecutor(FILS) as fils:
        return dict(zip(liste, fils.map(_sha256_ou_rien, liste), strict=True))


def _taille(fichier: Path) -> int:
    with contextlib.suppress(OSError):
        return fichier.stat().st_size
    return 0


def _sha256_ou_rien(fichier: Path) -> str | None:
    try:
        return sha256(fichier)
    except OSError:
        return None

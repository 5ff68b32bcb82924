"""Documents that pages ask for: made apart, kept for the version, words and measures they tell.

Same data and same words give the same bytes: a document that was made is not made again. Each is a
file of INFOCENTRE_DOSSIER/documents/<version>, named by what it was made from; beside it, while it
is made, a lock, and when it could not be, why not.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import functools
import hashlib
import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infocentre.acces.veille import MOTIF
from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import magasin_present, utilisateur
from infocentre.decisions.doublons import Memoire
from infocentre.entrepot import Dossier
from infocentre.lecture import reperes_recus
from infocentre.mesures.objectifs import FICHIER as OBJECTIFS
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.fichiers import ecrire, releve
from infocentre.restitutions.commande import Commande, fabriquer, fabriquer_tous
from infocentre.restitutions.service import FICHIER as SERVICE

JOURNAL = logging.getLogger("infocentre.restitutions")
# Seconds in the queue, then at work, for what nobody holds a connection for.
ATTENTE, DUREE = 600.0, 300.0
VERROU, REFUS = ".encours", ".refus"


@dataclass(frozen=True, slots=True)
class Preparation:
    """Where a document is: once there, its size in bytes and when it was made; else why not."""

    etat: Literal["absent", "encours", "pret", "refus"]
    octets: int = 0
    fait_le: dt.datetime | None = None
    refus: Refus | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What every document tells of at once: version, words, objectives, repères, measures."""

    version: int
    somme: bytes


def moment(dossier: Dossier) -> Moment:
    """Read what documents tell of now: once for all those of a page."""
    somme = hashlib.sha256(_fabrique().encode())
    mots = dossier.racine / "mots"
    dits = [dossier.racine / nom for nom in (SERVICE, OBJECTIFS)]
    for fichier in sorted([*dits, *mots.rglob("*.md"), *reperes_recus.fichiers(dossier.racine)]):
        if fichier.is_file():
            somme.update(f"\0{fichier.relative_to(dossier.racine)}\0".encode())
            somme.update(fichier.read_bytes())
    somme.update(_mesures(dossier))
    return Moment(dossier.version().numero, somme.digest())


def preparation(dossier: Dossier, commande: Commande, de: Moment | None = None) -> Preparation:
    """Tell where a document of the published version is."""
    cible = _cible(dossier, commande, de)
    tenu = _tenu(cible)  # asked first: a document is there before its lock is left
    with contextlib.suppress(FileNotFoundError):
        lu = cible.stat()
        return Preparation("pret", lu.st_size, dt.datetime.fromtimestamp(lu.st_mtime, dt.UTC))
    if tenu:
        return Preparation("encours")
    with contextlib.suppress(FileNotFoundError):
        return Preparation("refus", refus=Refus(*json.loads(_refus(cible).read_text("utf-8"))))
    return Preparation("absent")


def preparer(
    dossier: Dossier, commande: Commande, permis: Callable[[], None] = lambda: None
) -> None:
    """Start making a document, unless it is there or being made; return at once.

    It stops once `permis` raises Refus: whoever asked for it may not have it any more.
    """
    cible = _cible(dossier, commande)
    _oublier(dossier, cible.parent)
    _refus(cible).unlink(missing_ok=True)
    with contextlib.ExitStack() as verrou:
        if verrou.enter_context(_seul(cible)) and not cible.exists():
            suite = (dossier, commande, cible, verrou.pop_all(), permis)
            threading.Thread(target=_preparer, args=suite, daemon=True).start()


def obtenir(
    dossier: Dossier, commande: Commande, permis: Callable[[], None] = lambda: None
) -> bytes:
    """Return a document, the one that is kept, else made now and kept; raise Refus.

    So does `permis`, once whoever asked for it may not have it any more.
    """
    cible = _cible(dossier, commande)
    with contextlib.suppress(FileNotFoundError):
        return cible.read_bytes()
    octets = fabriquer(dossier, commande, permis=permis)
    _garder(dossier, commande, cible, octets)
    return octets


def obtenir_tous(dossier: Dossier, commandes: Sequence[Commande]) -> list[bytes]:
    """Return documents: those that are kept, the others made together and kept; raise Refus."""
    de = moment(dossier)
    cibles = {une: _cible(dossier, une, de) for une in commandes}
    absents = [une for une, cible in cibles.items() if not cible.exists()]
    faits = dict(zip(absents, fabriquer_tous(dossier, absents), strict=True)) if absents else {}
    for une, octets in faits.items():
        _garder(dossier, une, cibles[une], octets)
    return [faits[une] if une in faits else obtenir(dossier, une) for une in commandes]


def _preparer(
    dossier: Dossier,
    commande: Commande,
    cible: Path,
    verrou: contextlib.ExitStack,
    permis: Callable[[], None],
) -> None:
    """Make a document and keep it, or why it could not be; leave its lock."""
    with verrou:
        try:
            octets = fabriquer(dossier, commande, secondes=DUREE, attente=ATTENTE, permis=permis)
        except RefusMotive as refus:
            if refus.motif != MOTIF:  # whoever asked is not there to read it; others may ask
                _refuser(cible, refus)
        except Refus as refus:
            _refuser(cible, refus)
        except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
            JOURNAL.exception("document en échec")
            _refuser(cible, Refus("ce document n'a pas pu être préparé", "", "Recommencer."))
        else:
            _garder(dossier, commande, cible, octets)


def _garder(dossier: Dossier, commande: Commande, cible: Path, octets: bytes) -> None:
    """Keep a document, unless what it tells was published while it was made."""
    if cible == _cible(dossier, commande):
        _oublier(dossier, cible.parent)
        ecrire(cible, octets, droits=0o600)


def _refuser(cible: Path, refus: Refus) -> None:
    contenu = json.dumps([refus.quoi, refus.ou, refus.que_faire], ensure_ascii=False)
    ecrire(_refus(cible), contenu, droits=0o600)


def _cible(dossier: Dossier, commande: Commande, de: Moment | None = None) -> Path:
    """Return the file of a document: its name is made of all that it tells."""
    lu = de or moment(dossier)
    somme = hashlib.sha256(json.dumps(commande.en_json(), sort_keys=True).encode() + lu.somme)
    nom = f"{somme.hexdigest()[:32]}.{commande.forme}"
    return dossier.documents / f"{lu.version:06d}" / nom


def _mesures(dossier: Dossier) -> bytes:
    """Return what names all that was asked, answered and decided, nothing before any of it."""
    magasin = magasin_present(dossier.racine)
    if magasin is None:
        return b""
    tete = Affaires(magasin, Acteur(utilisateur())).tete()
    dits = [tete.empreinte if tete.rang else "", Memoire(magasin, "").signature()]
    return "".join(f"\0{un}" for un in dits if un).encode()


@functools.cache
def _fabrique() -> str:
    """Return what names the code and the texts that make documents: they change with them."""
    return releve(Path(__file__).parents[1], ressources("reports"), ressources("queries"))


def _oublier(dossier: Dossier, actuelle: Path) -> None:
    """Delete the documents of other versions, and make the directory of this one."""
    if actuelle.is_dir():
        return
    actuelle.mkdir(mode=0o700, parents=True, exist_ok=True)
    for autre in dossier.documents.iterdir():
        if autre.is_dir() and autre.name < actuelle.name:
            shutil.rmtree(autre, ignore_errors=True)


def _refus(cible: Path) -> Path:
    return cible.with_suffix(REFUS)


@contextlib.contextmanager
def _seul(cible: Path) -> Iterator[bool]:
    """Hold the lock of a document; give False when another has it."""
    with cible.with_suffix(VERROU).open("a") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _tenu(cible: Path) -> bool:
    try:
        with cible.with_suffix(VERROU).open("r") as verrou:
            fcntl.flock(verrou, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False

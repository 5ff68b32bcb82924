"""Have the process of one query started, receive what it writes within the limits, and end it."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import site
import socket
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from infocentre.noyau.file import annulee
from infocentre.requetes import enfant
from infocentre.requetes.messages import arrete, limite_temps, limite_valeurs, limite_volume
from infocentre.requetes.modele import MEGA, Limites

if TYPE_CHECKING:
    from infocentre.requetes.enfant import Demande

PROGRAMME = Path(enfant.__file__)
# What starts it: read compiled, as a module is and a script is not, it finds what is installed
# without `site`, which looks around, and runs what it finds.
_LIRE = """
import sys
from importlib.machinery import SourceFileLoader
_, installes, *sys.argv = sys.argv
sys.path += installes.split(":")
exec(SourceFileLoader("__main__", sys.argv[0]).get_code("__main__"))
"""
DEPART = (sys.executable, "-I", "-S", "-B", "-c", _LIRE, ":".join(site.getsitepackages()))
# DuckDB's own limit comes first: it says so; the kernel's holds when DuckDB does not.
MEMOIRE_DUCKDB, MEMOIRE = 1100 * MEGA, 1900 * MEGA
FILS, REVEIL, TAMPON = 2, 0.1, 1 << 20
# What this process reads may be twenty times what it weighs: it counts too, texts and all.
SEPARATEURS = 4
ENTETE = 5
MILIEU = {"LANG": "C.UTF-8", "TZ": enfant.FUSEAU, "MALLOC_ARENA_MAX": "2"}


@dataclass(slots=True)
class Recue:
    """What a process wrote, and took: seconds by the clock, largest resident memory in bytes."""

    tampon: IO[bytes]
    secondes: float = 0
    memoire: int = 0


def recevoir(
    base: Path,
    sql: str,
    parametres: Mapping[str, object],
    limites: Limites,
    voulue: Callable[[], bool],
    recue: Recue,
) -> None:
    """Run a query on a file; the process is dead on return, and `recue` holds what it gave.

    Raises:
        RefusMotive: a limit was passed, or it is not wanted any more (asked every tenth of a
            second), or its process died.
    """
    demande: Demande = {
        "sql": sql,
        "parametres": dict(parametres),
        "lignes": limites.lignes,
        "valeurs": limites.valeurs,
        "memoire": MEMOIRE_DUCKDB,
        "octets": MEMOIRE,
        "secondes": int(FILS * limites.secondes) + 2,
        "sans_cloison": os.environ.get("INFOCENTRE_SANS_CLOISON") == "oui",
    }
    debut, separateurs = time.monotonic(), 0
    with _demarrer(base, demande) as (pret, lecture):
        try:
            for bloc in _blocs(lecture, debut + limites.secondes, voulue):
                recue.tampon.write(bloc)
                if recue.tampon.tell() > limites.octets:
                    raise limite_volume(limites.octets)
                separateurs += bloc.count(b",") + bloc.count(b"[")
                if separateurs > SEPARATEURS * limites.valeurs:
                    raise limite_valeurs(limites.valeurs)
        except TimeoutError as erreur:
            raise limite_temps(limites.secondes) from erreur
        finally:
            code, processeur, recue.memoire = pret.finir()
            recue.secondes = time.monotonic() - debut
    if [lettre for lettre, _ in _entetes(recue.tampon)][-1:] not in (["E"], ["F"], ["R"]):
        trop_long = processeur >= FILS * limites.secondes
        raise limite_temps(limites.secondes) if trop_long else arrete(code)


def trames(tampon: IO[bytes], lettres: str) -> Iterator[tuple[str, Any]]:
    """Read the frames of these letters in a whole answer; nothing of it is believed but JSON."""
    for lettre, longueur in _entetes(tampon):
        if lettre in lettres:
            yield lettre, json.loads(tampon.read(longueur))


def _entetes(tampon: IO[bytes]) -> Iterator[tuple[str, int]]:
    """Yield the letter and length of each whole frame, the buffer at its content."""
    total = tampon.seek(0, os.SEEK_END)
    debut = 0
    while debut + ENTETE <= total:
        tampon.seek(debut)
        lettre, longueur = struct.unpack(">cI", tampon.read(ENTETE))
        debut += ENTETE + longueur
        if debut <= total:
            yield lettre.decode("ascii", "replace"), longueur


class _Pret:
    """A process that has DuckDB loaded, and forks what answers one query after another."""

    def __init__(self) -> None:
        self.lien, sien = socket.socketpair()
        with sien:
            self.processus = subprocess.Popen(  # noqa: S603 - our own program
                [*DEPART, str(PROGRAMME)],
                stdin=sien.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=MILIEU,
                start_new_session=True,
            )

    def lancer(self, requete: int, fichier: int, sortie: int) -> None:
        """Have a query answered, given the descriptors of its text, its file, its answer.

        Raises:
            ConnectionError: it has ended, as it does when nothing is asked of it for long.
        """
        socket.send_fds(self.lien, [b"."], [requete, fichier, sortie])

    def finir(self) -> tuple[int, float, int]:
        """Have the query killed; return its code, processor time and memory (`enfant.COMPTE`)."""
        with contextlib.suppress(ConnectionError):
            self.lien.sendall(b".")
            if compte := self.lien.recv(enfant.COMPTE.size, socket.MSG_WAITALL):
                code, processeur, memoire = enfant.COMPTE.unpack(compte)
                _PRETS.append(self)
                return code, processeur, memoire
        return self.fermer(), 0, 0

    def fermer(self) -> int:
        """Let it end, and what it forked with it; return its code."""
        self.lien.close()
        return self.processus.wait()


_PRETS: list[_Pret] = []


def fermer() -> None:
    """End the processes that wait for a query."""
    while _PRETS:
        _PRETS.pop().fermer()


atexit.register(fermer)
os.register_at_fork(after_in_child=_PRETS.clear)  # they answer to who started them


@contextlib.contextmanager
def _demarrer(base: Path, demande: Demande) -> Iterator[tuple[_Pret, int]]:
    """Have a query started; yield who ends it, and the descriptor of its answer."""
    lecture, ecriture = os.pipe()
    with contextlib.ExitStack() as pile:
        pile.callback(os.close, lecture)
        with contextlib.ExitStack() as donnes:
            donnes.callback(os.close, ecriture)
            requete = donnes.enter_context(_en_memoire(demande))
            pret = _lancer(requete, donnes.enter_context(_sans_nom(base)), ecriture)
        yield pret, lecture


def _lancer(*descripteurs: int) -> _Pret:
    """Have a query answered by a process that waits, or by a new one."""
    with contextlib.suppress(IndexError):
        while True:
            pret = _PRETS.pop()
            with contextlib.suppress(ConnectionError):
                pret.lancer(*descripteurs)
                return pret
            pret.fermer()
    pret = _Pret()
    pret.lancer(*descripteurs)
    return pret


@contextlib.contextmanager
def _en_memoire(demande: Demande) -> Iterator[int]:
    """Give the descriptor of a file without a name that holds a query as JSON."""
    with os.fdopen(os.memfd_create("requete"), "w+b") as fichier:
        fichier.write(json.dumps(demande).encode())
        fichier.seek(0)
        yield fichier.fileno()


@contextlib.contextmanager
def _sans_nom(base: Path) -> Iterator[int]:
    """Open the file under a name that exists no more: nothing can tell where it is.

    DuckDB shows the path of what it opens; a second name, deleted at once, leads nowhere.
    """
    nom = base.with_name(f".{uuid.uuid4().hex}")
    try:
        try:
            nom.hardlink_to(base)
        except OSError:  # a file system without hard links
            shutil.copyfile(base, nom)
        fichier = os.open(nom, os.O_RDONLY)
    finally:
        nom.unlink(missing_ok=True)
    try:
        yield fichier
    finally:
        os.close(fichier)


def _blocs(lecture: int, fin: float, voulue: Callable[[], bool]) -> Iterator[bytes]:
    """Yield what comes until the end; raise TimeoutError at `fin`."""
    arrivee = select.poll()
    arrivee.register(lecture, select.POLLIN)
    while True:
        reste = fin - time.monotonic()
        if reste <= 0:
            raise TimeoutError
        if not voulue():
            raise annulee()
        if arrivee.poll(1000 * min(reste, REVEIL)):
            bloc = os.read(lecture, TAMPON)
            if not bloc:
                return
            yield bloc

"""At most two heavy works at once on a machine, whatever the processes; the others queue.

A query, a document or the trial of a rule is one. In the directory of the queue: one locked file
per place, and one ticket per work, named by its arrival, locked by its process as long as it lives.
Deleting a ticket stops its work, and so does what says that whoever asked may not have it any more.
Places go round the people who wait: who asks for one thing is not behind the six of another. An
account never holds all places: one is left to others.
"""

from __future__ import annotations

import contextlib
import fcntl
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infocentre.noyau.erreurs import RefusMotive
from infocentre.noyau.francais import accorder

PLACES = 2
PATIENCE = 15.0  # seconds in the queue, when nobody says otherwise
PAUSE = 0.05
IDENTIFIANT = re.compile(r"[0-9A-Za-z-]{8,64}")
RANG = 20  # digits of the arrival, in nanoseconds
ATTENTE, EN_COURS = ".attente", ".encours"
PARTAGE = "\npartage"  # after a name: who leaves a place to others
# A ticket is locked just after it appears: one as young as that is not an abandoned one.
JEUNE = 2_000_000_000


@contextlib.contextmanager
def place(
    file: Path,
    identifiant: str,
    attente: float = PATIENCE,
    qui: str = "",
    permis: Callable[[], None] = lambda: None,
    *,
    partage: bool = False,
) -> Iterator[Callable[[], bool]]:
    """Wait for a place and hold it; give what tells whether the work is still wanted.

    `file` is the directory of the queue, made for the owner of the data alone; `qui` asks. `permis`
    raises Refus once they may not: it is asked while the work waits, and by what is given. With
    `partage`, it is an account among others, who leaves them a place.

    Raises:
        RefusMotive: cancelled, or no place after `attente` seconds.
    """
    if not IDENTIFIANT.fullmatch(identifiant):
        raise RefusMotive("parametre", "identifiant de requête incorrect")
    file.mkdir(mode=0o700, exist_ok=True)
    rang = f"{time.time_ns():0{RANG}d}-{identifiant}"
    ticket = file / f"{rang}{ATTENTE}"
    with ticket.open("x", encoding="utf-8") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        verrou.write(f"{qui}{PARTAGE * partage}")
        verrou.flush()
        try:
            with _prendre(file, ticket, attente, permis) as ticket:
                _balayer(file)
                yield lambda: _voulu(ticket, permis)
        finally:
            ticket.unlink(missing_ok=True)


def _voulu(ticket: Path, permis: Callable[[], None]) -> bool:
    permis()
    return ticket.exists()


def retirer(file: Path, identifiant: str) -> bool:
    """Delete the tickets of a work; tell if there was one."""
    tickets = _tickets(file, identifiant)
    for ticket in tickets:
        ticket.unlink(missing_ok=True)
    return bool(tickets)


@dataclass(frozen=True, slots=True)
class Attente:
    """A work that waits or runs, and the seconds since it arrived."""

    etat: Literal["attente", "encours"]
    secondes: float


def etat(file: Path, identifiant: str) -> Attente | None:
    """Tell if a work waits or runs; None when it does neither."""
    tickets = _tickets(file, identifiant)
    if not tickets:
        return None
    arrivee = min(int(ticket.name[:RANG]) for ticket in tickets)
    encours = any(ticket.suffix == EN_COURS for ticket in tickets)
    return Attente("encours" if encours else "attente", (time.time_ns() - arrivee) / 1e9)


def _tickets(file: Path, identifiant: str) -> list[Path]:
    if not IDENTIFIANT.fullmatch(identifiant):
        return []
    return [
        ticket
        for ticket in file.glob(f"*-{identifiant}.*")
        if ticket.stem[RANG + 1 :] == identifiant
    ]


def annulee() -> RefusMotive:
    """Return the refusal of a query that somebody stopped."""
    return RefusMotive("annulee", "la requête a été annulée")


def _balayer(file: Path) -> None:
    """Delete what a killed process left; a ticket whose query runs is always locked."""
    for ticket in file.glob(f"*{EN_COURS}"):
        _vivant(ticket)


@contextlib.contextmanager
def _prendre(
    file: Path, ticket: Path, attente: float, permis: Callable[[], None]
) -> Iterator[Path]:
    """Hold one of the places, taken when no older ticket waits; give the ticket as it runs."""
    fin = time.monotonic() + attente
    while True:
        permis()
        if not ticket.exists():
            raise annulee()
        if parti := _partir(file, ticket):
            prise, ticket = parti
            with prise:
                yield ticket
            return
        if time.monotonic() >= fin:
            raise _occupe(file)
        time.sleep(PAUSE)


def _partir(file: Path, ticket: Path) -> tuple[contextlib.ExitStack, Path] | None:
    """Take a place for a ticket whose turn it is; None when it is not, or another judges.

    One at a time: none starts while tickets are read, so that an account never seems to run less.
    """
    with (
        (file / "tour").open("a") as tour,
        contextlib.suppress(BlockingIOError, FileNotFoundError),
    ):
        fcntl.flock(tour, fcntl.LOCK_EX | fcntl.LOCK_NB)
        prise = _place_libre(file) if _premier(file, ticket) else None
        if prise is not None:
            with prise:  # given back when the ticket was withdrawn meanwhile
                parti = ticket.rename(ticket.with_suffix(EN_COURS))
                return prise.pop_all(), parti
    return None


def _place_libre(file: Path) -> contextlib.ExitStack | None:
    for numero in range(1, PLACES + 1):
        with contextlib.ExitStack() as pile:
            verrou = pile.enter_context((file / f"place-{numero}").open("a"))
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return pile.pop_all()
    return None


def _premier(file: Path, ticket: Path) -> bool:
    """Tell if a waiting ticket is the next one to be served: tickets of dead processes are not.

    The first work of a person comes before the second of another, works that run counted; then
    the oldest.
    """
    encours = Counter(_qui(un) for un in file.glob(f"*{EN_COURS}"))
    servis, tours = Counter(encours), list[tuple[int, str]]()
    for un in sorted(file.glob(f"*{ATTENTE}")):
        qui, partage = _lire(un)
        if not (partage and encours[qui] >= PLACES - 1):
            tours.append((servis[qui], un.name))
        servis[qui] += 1
    tour = next((un for un in tours if un[1] == ticket.name), None)
    return tour is not None and not any(
        _vivant(file / nom) for rang, nom in tours if (rang, nom) < tour
    )


def _qui(ticket: Path) -> str:
    """Return whose work a ticket is, nobody's when it has just gone."""
    return _lire(ticket)[0]


def _lire(ticket: Path) -> tuple[str, bool]:
    with contextlib.suppress(FileNotFoundError):
        qui, partage, _ = ticket.read_text("utf-8", "replace").partition(PARTAGE)
        return qui, bool(partage)
    return "", False


def _vivant(ticket: Path) -> bool:
    """Tell if a process holds this ticket; delete it when none does."""
    try:
        with ticket.open("r") as verrou:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if ticket.suffix == ATTENTE and time.time_ns() - int(ticket.name[:RANG]) < JEUNE:
                return True
            ticket.unlink(missing_ok=True)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def _occupe(file: Path) -> RefusMotive:
    """Say how many queries run and for how long."""
    depuis = sorted(
        (time.time_ns() - int(ticket.name[:RANG])) // 1_000_000_000
        for ticket in file.glob(f"*{EN_COURS}")
        if _vivant(ticket)
    )
    durees = " et ".join(f"{secondes} s" for secondes in depuis)
    en_cours = accorder(len(depuis) or PLACES, "requête")
    return RefusMotive(
        "occupe",
        f"occupé : {en_cours} en cours{f' (depuis {durees})' if durees else ''}",
        "Recommencer dans un instant.",
    )

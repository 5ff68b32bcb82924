"""What every benchmark shares: its figures, its chronometer, the commands that it starts."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MEGA = 1 << 20


@dataclass(frozen=True, slots=True)
class Mesure:
    """One figure, and the limit that it must not pass (None: for information)."""

    nom: str
    valeur: float
    unite: str
    limite: float | None = None

    @property
    def depasse(self) -> bool:
        """Tell a figure over its limit."""
        return self.limite is not None and not self.valeur <= self.limite

    def __str__(self) -> str:
        """Write the figure, its limit and their ratio, with the load of the machine."""
        texte = f"{self.nom:58} {self.valeur:9.2f} {self.unite:3}"
        if self.limite is not None:
            part = self.valeur / self.limite if self.limite else math.inf * (self.valeur > 0)
            texte += f"  limit {self.limite:g}, value / limit {0 if math.isnan(part) else part:.2f}"
        return f"{texte}  [load {os.getloadavg()[0]:.1f}]{'  OVER' if self.depasse else ''}"


@dataclass(frozen=True, slots=True)
class Execution:
    """One command run in a process of its own: time, processor time, largest resident memory."""

    secondes: float
    processeur: float
    octets: int


def chronometrer(action: Callable[[], object]) -> float:
    """Return the seconds that an action takes."""
    debut = time.perf_counter()
    action()
    return time.perf_counter() - debut


def mediane(action: Callable[[], float], fois: int) -> float:
    """Return the median of what an action returns."""
    return statistics.median(action() for _ in range(fois))


def infocentre(donnees: Path, *arguments: object, prefixe: Sequence[str] = ()) -> Execution:
    """Run the command line on a data directory; its start is part of the time.

    Its modules are compiled once, as where it is installed.

    Raises:
        RuntimeError: it failed; the message is what it wrote.
    """
    commande = [*prefixe, sys.executable, "-m", "infocentre", *map(str, arguments)]
    with tempfile.TemporaryFile() as sorties, tempfile.NamedTemporaryFile() as vu:
        subprocess.run(
            [sys.executable, "-c", _TEMOIN, vu.name, *commande],
            stdout=sorties,
            stderr=sorties,
            env=_SANS_RECOMPILER | {"INFOCENTRE_DOSSIER": str(donnees)},
            check=True,
        )
        code, secondes, processeur, octets = json.load(vu)
        if code:
            sorties.seek(0)
            raise RuntimeError(sorties.read().decode(errors="replace")[-2000:])
    return Execution(secondes, processeur, octets)


_SANS_RECOMPILER = {
    nom: dite for nom, dite in os.environ.items() if nom != "PYTHONDONTWRITEBYTECODE"
}
# A child is told to have been as large as who started it: a small process starts the command.
_TEMOIN = """
import json, os, subprocess, sys, time
debut = time.perf_counter()
processus = subprocess.Popen(sys.argv[2:])
_, statut, usage = os.wait4(processus.pid, 0)
secondes = time.perf_counter() - debut
temps, octets = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
with open(sys.argv[1], "w") as vu:
    json.dump([os.waitstatus_to_exitcode(statut), secondes, temps, octets], vu)
"""


def donnees_copiees(atelier: Path) -> Path:
    """Return data that may be written to: a copy of INFOCENTRE_DOSSIER, else a demonstration."""
    if donne := os.environ.get("INFOCENTRE_DOSSIER"):
        return Path(shutil.copytree(donne, atelier / "donnees", symlinks=True))
    infocentre(atelier / "donnees", "demo", "--sans-servir")
    return atelier / "donnees"


@contextlib.contextmanager
def servir(donnees: Path) -> Iterator[int]:
    """Serve a data directory as people do; give the port, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as libre:
        port: int = libre.getsockname()[1]
    commande = [sys.executable, "-m", "infocentre", "servir", "--port", str(port)]
    milieu = os.environ | {"INFOCENTRE_DOSSIER": str(donnees)}
    with subprocess.Popen(commande, env=milieu, stdout=subprocess.DEVNULL) as serveur:
        try:
            _attendre(port)
            yield port
        finally:
            serveur.terminate()


def _attendre(port: int) -> None:
    for _ in range(120):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.25)
    raise RuntimeError("the server does not answer")

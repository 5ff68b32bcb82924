"""What the tests of queries share: asking, starting one without end, looking at its process."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infocentre.acces.modele import Acces
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import RefusMotive
from infocentre.requetes.execution import executer
from infocentre.requetes.modele import ECRAN, Resultat

TEST = Acces("test", "test", None, TOUT)
# One computes as long as it may; the other holds its place as long, and uses no processor.
SANS_FIN = "select sum(a.i * b.i) from range(100000) a(i), range(1000000) b(i)"
QUI_DORT = "select sleep_ms(600000 + i) from range(1) t(i)"


def demander(dossier: Dossier, sql: str, **options: Any) -> Resultat:
    """Run a query as the screen does."""
    acces = nomme(options.pop("qui", "test"))
    return executer(dossier, sql, options.pop("parametres", None), acces=acces, **options)


def nomme(qui: str) -> Acces:
    """Return someone who may do everything, by this name."""
    return Acces(qui, qui, None, TOUT)


def refus(dossier: Dossier, sql: str, **options: Any) -> RefusMotive:
    """Return the refusal of a query."""
    with pytest.raises(RefusMotive) as leve:
        demander(dossier, sql, **options)
    return leve.value


def journal(dossier: Dossier) -> list[dict[str, Any]]:
    """Return every query that was asked, oldest first."""
    fichier = dossier.racine / "requetes.jsonl"
    lignes = fichier.read_text("utf-8").splitlines() if fichier.exists() else []
    return [json.loads(ligne) for ligne in lignes]


def lancer(
    dossier: Dossier, fils: ThreadPoolExecutor, secondes: float = 20, qui: str = "test"
) -> tuple[str, Future[Resultat]]:
    """Start a query that lasts, and wait until it is in the queue; return its name."""
    nom = uuid.uuid4().hex
    limites = replace(ECRAN, secondes=secondes)
    suite = fils.submit(demander, dossier, QUI_DORT, limites=limites, identifiant=nom, qui=qui)
    attendre(lambda: any(dossier.racine.glob(f"requetes/*{nom}*")))
    return nom, suite


def attendre(condition: Callable[[], bool]) -> None:
    """Wait until something is true, as long as a busy machine takes to start two processes."""
    fin = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < fin
        time.sleep(0.02)


def processus_enfants(parent: int | None = None) -> list[Path]:
    """Folders in /proc of the queries that a process (this one) runs."""
    return [requete for pret in prets(parent) for requete in enfants(pret)]


def prets(parent: int | None = None) -> list[Path]:
    """Folders in /proc of what forks the queries of a process (this one)."""
    fiches = enfants(Path(f"/proc/{parent or os.getpid()}"))
    return [fiche for fiche in fiches if b"enfant.py" in (fiche / "cmdline").read_bytes()]


def enfants(fiche: Path) -> list[Path]:
    """Folders in /proc of the children of a process, by its own."""
    taches = (fiche / "task").glob("*/children")
    return [Path("/proc", enfant) for tache in taches for enfant in tache.read_text().split()]

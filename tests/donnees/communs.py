"""What takes seconds to make: once for all the processes of a run, a copy for each."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.donnees.retors import dossier_jetable

VARIABLE = "INFOCENTRE_TESTS_COMMUNS"


def une_fois(nom: str, faire: Callable[[Path], object]) -> Path:
    """Return this process's copy of the directory that `faire` fills, made by the first to ask."""
    communs = Path(os.environ[VARIABLE])
    commun, pret = communs / nom, communs / f"{nom}.pret"
    with (communs / f"{nom}.verrou").open("w") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        if not pret.exists():
            shutil.rmtree(commun, ignore_errors=True)
            faire(commun)
            pret.touch()
    return Path(shutil.copytree(commun, dossier_jetable(nom) / nom, symlinks=True))

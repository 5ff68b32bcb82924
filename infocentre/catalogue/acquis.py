"""What DuckDB found of the SQL of a folder, kept beside it.

To bind a hundred SELECTs is a tenth of a synthèse. As Python keeps what it compiled of a module, a
folder keeps what was found of its files, until one that this rests on changes; nothing where one
may not write, nor where Python keeps nothing.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from infocentre.noyau.config import ressources
from infocentre.noyau.fichiers import ecrire, releve

# What a piece of SQL is bound to, and what binds it: the contract, the settings, the code.
_SOUS = ("catalogue", "contrat", "entrepot", "mesures")

Trouve = TypeVar("Trouve")


def acquis(dossier: Path, trouver: Callable[[], Trouve], *autres: Path) -> Trouve:
    """Return what `trouver` finds, plain JSON, of the files of a folder and of others.

    What it raises is raised each time.
    """
    if sys.dont_write_bytecode:
        return trouver()
    paquet = Path(__file__).parents[1]
    lus = (dossier, *autres, ressources("queries"), *(paquet / un for un in _SOUS))
    try:
        selon = f"{releve(*lus)} {duckdb.__version__}"
    except OSError:  # one that was listed is gone: somebody is writing there
        return trouver()
    fichier = dossier / "__pycache__" / "acquis.json"
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        deja = json.loads(fichier.read_text("utf-8"))
        if deja["selon"] == selon:
            acquise: Trouve = deja["trouve"]
            return acquise
    trouve = trouver()
    with contextlib.suppress(OSError):
        ecrire(fichier, json.dumps({"selon": selon, "trouve": trouve}))
    return trouve

"""A document on the disk: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from infocentre.noyau.erreurs import Refus


def ecrire(octets: bytes, sortie: Path) -> None:
    """Write a file in one step, its directory too; raise Refus when it cannot be written."""
    partiel = sortie.with_name(f".{sortie.name}.{os.getpid()}.partiel")
    try:
        sortie.parent.mkdir(parents=True, exist_ok=True)
        partiel.write_bytes(octets)
        partiel.replace(sortie)
    except OSError as erreur:
        partiel.unlink(missing_ok=True)
        raise Refus(
            f"l'écriture a échoué ({erreur.strerror})", str(sortie), "Choisir un autre fichier."
        ) from erreur

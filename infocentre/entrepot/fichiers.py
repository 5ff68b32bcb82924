"""Files put in place whole and on the disk, and the sha256 by which they are known."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FILS = 4


def sur_le_disque(*chemins: Path) -> None:
    """Return once these files or directories are on the disk."""
    for chemin in chemins:
        descripteur = os.open(chemin, os.O_RDONLY)
        try:
            os.fsync(descripteur)
        finally:
            os.close(descripteur)


def poser(partiel: Path, cible: Path) -> None:
    """Put a file that is written aside in its place, on the disk when this returns."""
    neufs = [dossier for dossier in cible.parents if not dossier.exists()]
    cible.parent.mkdir(parents=True, exist_ok=True)
    sur_le_disque(partiel)
    partiel.replace(cible)
    sur_le_disque(cible.parent, *(dossier.parent for dossier in neufs))


def sha256(fichier: Path) -> str:
    """Return the sha256 of a file."""
    with fichier.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


def empreintes(fichiers: Iterable[Path]) -> dict[Path, str | None]:
    """Return the sha256 of each file, None for one that cannot be read; several at a time."""
    liste = list(fichiers)
    with ThreadPoolExecutor(FILS) as fils:
        return dict(zip(liste, fils.map(_sha256_ou_rien, liste), strict=True))


def _sha256_ou_rien(fichier: Path) -> str | None:
    try:
        return sha256(fichier)
    except OSError:
        return None

"""Journals: one JSON object a line, each with its own sha256; what a crash tore is put aside."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from infocentre.noyau.fichiers import ecrire, sur_le_disque
from infocentre.noyau.scelle import desceller, sceller

# What a power cut leaves at the end of a file, and editors at the end of a line.
_VIDE = b"\0\r\t "
E = TypeVar("E")
_avis = logging.getLogger(__name__)


def ajouter_ligne(fichier: Path, contenu: Mapping[str, Any]) -> None:
    """Append one JSON object to a journal, on the disk when this returns."""
    ligne = json.dumps(sceller(contenu), ensure_ascii=False) + "\n"
    neuf = not fichier.exists()
    with fichier.open("w+b" if neuf else "r+b") as flux:
        flux.seek(_fin(flux.read()))
        flux.truncate()
        flux.write(ligne.encode(errors="backslashreplace"))  # a name may hold half a character
        flux.flush()
        os.fsync(flux.fileno())
    if neuf:
        sur_le_disque(fichier.parent)


def lire_journal(fichier: Path) -> list[dict[str, Any]]:
    """Return the entries of a journal, oldest first; lines that say nothing are passed over."""
    return trier_journal(fichier)[0]


def lire_evenements(fichier: Path, genre: type[E]) -> list[E]:  # noqa: ARG001 - says what they are
    """Return the entries of a journal whose events all have what a type says."""
    return cast("list[E]", lire_journal(fichier))


def trier_journal(fichier: Path) -> tuple[list[dict[str, Any]], list[bytes]]:
    """Return the entries of a journal, and the whole lines that are none."""
    if not fichier.exists():
        return [], []
    contenu = fichier.read_bytes()
    entrees, bruit = [], []
    for ligne in contenu[: _fin(contenu)].split(b"\n"):
        if not ligne.strip(_VIDE):
            bruit += [ligne] if ligne else []
        elif (entree := _lire(ligne.strip(_VIDE))) is not None:
            entrees.append(entree)
        else:
            bruit.append(ligne)
    return entrees, bruit


def dechirures(fichier: Path) -> list[bytes]:
    """Return what a journal holds that is no entry: damaged lines, and a torn end."""
    if not fichier.exists():
        return []
    contenu = fichier.read_bytes()
    return [*trier_journal(fichier)[1], *filter(None, [contenu[_fin(contenu) :]])]


def reparer_journal(fichier: Path) -> None:
    """Write a journal again without its damaged lines and its torn end, which are kept aside."""
    bruit = dechirures(fichier)
    if not bruit:
        return
    contenu = fichier.read_bytes()
    abime = fichier.with_suffix(".abime")
    with abime.open("ab") as flux:
        flux.write(b"\n".join(bruit) + b"\n")
    saines = [ligne for ligne in contenu[: _fin(contenu)].split(b"\n") if ligne not in bruit]
    ecrire(fichier, b"\n".join(saines))
    _avis.warning(
        "%s : %d ligne(s) abîmée(s) ou déchirée(s), mises de côté dans %s.",
        fichier.name,
        len(bruit),
        abime.name,
    )


def _fin(contenu: bytes) -> int:
    """Return the length of the whole lines: a line torn by a crash is written over."""
    return contenu.rfind(b"\n") + 1


def _lire(ligne: bytes) -> dict[str, Any] | None:
    """Return the entry of a line, None when it is damaged; lines of before have no sha256."""
    try:
        return desceller(json.loads(ligne.decode()), sans_sceau=True)
    except (ValueError, RecursionError):
        return None

"""INFOCENTRE_DOSSIER/requetes.jsonl: every query, who asked it, what became of it.

One file a year: those of the years before are beside, requetes-2025.jsonl.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from infocentre.entrepot import Dossier

# Ends of lines for those who read with splitlines, which JSON leaves as they are.
TEXTE_MAX = 2_000  # characters of a query, or of a value given to it
_FINS_DE_LIGNE = "\x85\u2028\u2029"


def noter(dossier: Dossier, suite: dict[str, Any]) -> None:
    """Append one query, on the disk when this returns; the file is its owner's alone.

    Of a text longer than 2 000 characters, the beginning and the digest are written.
    """
    maintenant = dt.datetime.now().astimezone()
    le = maintenant.isoformat(timespec="seconds")
    ligne = json.dumps({"le": le, **_abreger(suite)}, ensure_ascii=False, default=str)
    for fin_de_ligne in _FINS_DE_LIGNE:
        ligne = ligne.replace(fin_de_ligne, f"\\u{ord(fin_de_ligne):04x}")
    fichier = dossier.racine / "requetes.jsonl"
    _tourner(fichier, maintenant.year)
    options = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    descripteur = os.open(fichier, options, 0o600)
    with os.fdopen(descripteur, "r+b", buffering=0) as flux:
        fcntl.flock(flux, fcntl.LOCK_EX)
        fin = flux.seek(0, os.SEEK_END)
        dechiree = fin > 0 and os.pread(descripteur, 1, fin - 1) != b"\n"  # by a crash
        flux.write(b"\n" * dechiree + ligne.encode(errors="replace") + b"\n")
        os.fsync(descripteur)


def _abreger(suite: dict[str, Any]) -> dict[str, Any]:
    """Return an entry whose texts are short, the digests of the long ones beside."""
    parametres = suite.get("parametres") or {}
    textes = {"sql": suite.get("sql"), **{f"${nom}": un for nom, un in parametres.items()}}
    longs = {
        nom: hashlib.sha256(texte.encode(errors="replace")).hexdigest()
        for nom, texte in textes.items()
        if isinstance(texte, str) and len(texte) > TEXTE_MAX
    }
    if not longs:
        return suite
    courts = {nom: _court(valeur) for nom, valeur in parametres.items()}
    return {**suite, "sql": _court(suite.get("sql")), "parametres": courts, "empreintes": longs}


def _court(valeur: object) -> object:
    return valeur[:TEXTE_MAX] if isinstance(valeur, str) else valeur


def _tourner(fichier: Path, annee: int) -> None:
    """Put the file of a year before aside, under the year of its last entry."""
    with contextlib.suppress(FileNotFoundError, FileExistsError):
        derniere = dt.datetime.fromtimestamp(fichier.lstat().st_mtime).astimezone().year
        if derniere < annee:
            ancien = fichier.with_name(f"requetes-{derniere}.jsonl")
            ancien.hardlink_to(fichier)  # unlike a renaming, it never replaces another
            fichier.unlink()

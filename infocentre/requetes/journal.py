"""INFOCENTRE_DOSSIER/requetes.jsonl: every query, who asked it, what became of it."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from typing import Any

from infocentre.entrepot import Dossier

# Ends of lines for those who read with splitlines, which JSON leaves as they are.
_FINS_DE_LIGNE = "\x85\u2028\u2029"


def noter(dossier: Dossier, suite: dict[str, Any]) -> None:
    """Append one query, on the disk when this returns; the file is its owner's alone."""
    maintenant = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    ligne = json.dumps({"le": maintenant, **suite}, ensure_ascii=False, default=str)
    for fin_de_ligne in _FINS_DE_LIGNE:
        ligne = ligne.replace(fin_de_ligne, f"\\u{ord(fin_de_ligne):04x}")
    options = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    descripteur = os.open(dossier.racine / "requetes.jsonl", options, 0o600)
    with os.fdopen(descripteur, "r+b", buffering=0) as flux:
        fcntl.flock(flux, fcntl.LOCK_EX)
        fin = flux.seek(0, os.SEEK_END)
        dechiree = fin > 0 and os.pread(descripteur, 1, fin - 1) != b"\n"  # by a crash
        flux.write(b"\n" * dechiree + ligne.encode() + b"\n")
        os.fsync(descripteur)

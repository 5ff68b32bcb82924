"""What the data directory knows of what is kept apart from it: one small file, sealed.

A store, a key or settings that were emptied, replaced or taken away look like new ones. The file
`temoins.json` says that they are not: who they were is written when they are first met, and
compared each time that they are opened.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import TypedDict, cast

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, seul_ici
from infocentre.noyau.scelle import desceller, sceller

FICHIER = "temoins.json"


class Derniere(TypedDict):
    """The last backup: where it is, and when it was made."""

    ou: str
    le: str


class Temoins(TypedDict, total=False):
    """What is known: `decisions` is the identity of each store, by its place; `cle` tells the key.

    `reglages` and `correspondances` have the sha256 of each file of settings, and of each
    correspondance that was adopted, by its name; `registres` that of the completed register in
    use, by département; `diffusions` says that something was shared.
    """

    decisions: dict[str, str]
    cle: str
    reglages: dict[str, str]
    correspondances: dict[str, str]
    sauvegarde: Derniere
    diffusions: bool
    registres: dict[str, str]


def lire(racine: Path) -> Temoins:
    """Return what is known of a data directory, nothing when nothing was noted yet.

    Raises:
        Refus: the file is not what was written.
    """
    fichier = racine / FICHIER
    try:
        return cast("Temoins", desceller(json.loads(fichier.read_text("utf-8"))))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (ValueError, RecursionError) as erreur:
        raise Refus(
            "ce qui dit quelles décisions et quelle clé sont celles de ce dossier est abîmé",
            str(fichier),
            "Le remettre d’une sauvegarde, ou le refaire de ce qui est là : infocentre reparer.",
        ) from erreur


def noter(racine: Path, neufs: Temoins) -> None:
    """Add to what is known; two who note at once both have theirs."""
    racine.mkdir(parents=True, exist_ok=True)
    with seul_ici(racine):
        remplacer(racine, {**lire(racine), **neufs})


def remplacer(racine: Path, connus: Temoins) -> None:
    """Write what is known, whatever was written before."""
    ecrire(racine / FICHIER, json.dumps(sceller(connus), indent=1) + "\n", droits=0o600)


def de_la_cle(cle: str) -> str:
    """Return what tells a key from another, and gives nothing of it."""
    octets = cle.encode(errors="surrogateescape")
    return hmac.new(octets, b"infocentre : temoin de la cle", hashlib.sha256).hexdigest()[:32]

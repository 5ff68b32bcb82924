"""Files that take the place of others, all or none of them.

They are written aside, under `fichiers`, with the event that tells it. Once this directory bears
its name, the replacement is decided: what a crash leaves to do, the next writer does.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from infocentre.entrepot.dossier import Dossier
from infocentre.entrepot.evenements import Evenement
from infocentre.noyau.fichiers import poser, sur_le_disque

FICHIERS, EVENEMENT = "fichiers", "evenement.json"


class Remplacement:
    """A replacement in preparation, in the directory of work of a writer."""

    def __init__(self, dossier: Dossier) -> None:
        """Start an empty one: only the owner may look into it."""
        self.dossier = dossier
        self._chemin = dossier.temporaire / "remplacement"
        self._chemin.mkdir(mode=0o700)

    def place(self, cible: Path) -> Path:
        """Return where to write what will take the place of a file of the data directory."""
        place = self._chemin / FICHIERS / cible.relative_to(self.dossier.racine)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def decider(self, evenement: Evenement) -> None:
        """Decide it; from here on, `Publication` carries it out, even after a crash."""
        (self._chemin / EVENEMENT).write_text(json.dumps(evenement), "utf-8")
        sur_le_disque(*(un for un in self._chemin.rglob("*")), self._chemin)
        self._chemin.rename(self.dossier.remplacement)
        sur_le_disque(self.dossier.racine)


def en_cours(dossier: Dossier) -> Evenement | None:
    """Return the event of the replacement that is decided and not finished, None without one."""
    fichier = dossier.remplacement / EVENEMENT
    if not fichier.exists():
        return None
    evenement: Evenement = json.loads(fichier.read_text("utf-8"))
    return evenement


def deplacer(dossier: Dossier) -> None:
    """Put in their places the files that are not there yet."""
    racine = dossier.remplacement / FICHIERS
    for fichier in sorted(racine.rglob("*")):
        if fichier.is_file():
            poser(fichier, dossier.racine / fichier.relative_to(racine))
    if dossier.nominatif.is_dir():
        os.chmod(dossier.nominatif, 0o700)  # noqa: PTH101


def oublier(dossier: Dossier) -> None:
    """Forget a replacement that is published."""
    shutil.rmtree(dossier.remplacement, ignore_errors=True)

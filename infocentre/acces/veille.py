"""Whether an account may still have what it asked for, while that is being made.

The store says it, so that a closing counts whatever process, or machine, did it. A change of role
or of périmètre, either way, ends what runs: it is asked again with the rights of now.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from infocentre.acces.comptes import Comptes
from infocentre.acces.modele import Acces
from infocentre.decisions.magasin import magasin_present
from infocentre.noyau.erreurs import RefusMotive

CADENCE = 0.4  # seconds between two looks at the store
MOTIF = "compte"


@dataclass(slots=True)
class Veille:
    """Looks after the account that somebody works with; who has none is left alone.

    No account is ever deleted: one that the store does not know was not closed.
    """

    racine: Path
    acces: Acces
    _vue: float = field(default_factory=time.monotonic)
    _verrou: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        """Raise RefusMotive, motif « compte », once the account is closed or its rights changed.

        It may be called as often as one likes: the store is asked when the last look is old.
        """
        with self._verrou:
            if time.monotonic() - self._vue < CADENCE:
                return
            self._vue = time.monotonic()
        self.exiger()

    def exiger(self) -> None:
        """Raise the same, the store being asked now: before anything is handed over."""
        if not self.acces.qui:
            return
        magasin = magasin_present(self.racine)
        compte = Comptes(magasin).trouver(self.acces.qui) if magasin else None
        if compte and not (compte.ouvert and _memes(compte.acces, self.acces)):
            raise RefusMotive(
                MOTIF,
                "ce compte a été fermé, ou ses droits ont changé",
                "Se connecter de nouveau, puis redemander.",
            )


def _memes(ici: Acces, avant: Acces) -> bool:
    return (ici.role, ici.perimetre) == (avant.role, avant.perimetre)

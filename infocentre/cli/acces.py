"""Whose rights a command reads with: everything, as who types it may read the files.

INFOCENTRE_COMPTE names an account to read as it would: what it would be shown, and no more. It
keeps nobody from the files; it serves to see what others see, and to make files for them.
"""

from __future__ import annotations

import os

from infocentre.acces.modele import SEUL, Acces
from infocentre.noyau.config import dossier_donnees

COMPTE = "INFOCENTRE_COMPTE"


def acces() -> Acces:
    """Return the rights of a command; raise Refus for an account that is unknown or closed."""
    voulu = os.environ.get(COMPTE, "").strip()
    if not voulu:
        return SEUL
    from infocentre.acces.comptes import lire_acces

    return lire_acces(dossier_donnees(), voulu)


def exiger(commande: str) -> None:
    """Raise Refus when an account is named, and the policy does not grant it a command."""
    if not os.environ.get(COMPTE, "").strip():
        return
    from infocentre.acces import politique

    acces().exiger(politique.COMMANDES.get(commande), f"la commande {commande}")

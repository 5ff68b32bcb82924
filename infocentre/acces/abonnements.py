"""The address of a calendar: a secret of an account, of which the store has the sha256.

It is good for a year, until it is revoked or another takes its place; it goes with the password
and with the account.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from infocentre.acces.comptes import Compte, Comptes
from infocentre.acces.jetons import Jetons
from infocentre.decisions.magasin import Magasin
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import a_present

CALENDRIER = "calendrier"
DUREE = dt.timedelta(days=366)


class Abonnements:
    """The addresses of calendars of an installation."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Keep them in this store; `instant` says the time."""
        self._jetons = Jetons(magasin, instant)
        self._comptes = Comptes(magasin)

    def donner(self, identifiant: str) -> str:
        """Return a new secret of an account, in the place of the one before; raise Refus."""
        compte = self._comptes.exiger_ouvert(identifiant)
        return self._jetons.donner(CALENDRIER, DUREE, compte=compte.identifiant)

    def revoquer(self, identifiant: str) -> bool:
        """Make the secret of an account good for nothing; tell whether there was one."""
        return self._jetons.oter(CALENDRIER, identifiant)

    def a(self, identifiant: str) -> bool:
        """Tell whether an account has one that is good."""
        return any(un.compte == identifiant for un in self._jetons.en_attente(CALENDRIER))

    def lire(self, jeton: str) -> Compte:
        """Return the account of a secret; raise Refus, the same for all that is wrong of it."""
        try:
            return self._comptes.exiger_ouvert(self._jetons.lire(CALENDRIER, jeton).compte)
        except Refus:
            raise Refus(
                "cette adresse de calendrier n'est pas, ou n'est plus, ouverte",
                que_faire="En demander une autre : Mon compte, Calendrier.",
            ) from None

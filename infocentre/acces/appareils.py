"""Browsers from which an account was signed in to, and their addresses.

Whoever tries passwords of an account from elsewhere slows themselves, and not who comes from there.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Literal

import sqlalchemy as sa

from infocentre.acces.comptes import Compte, normaliser
from infocentre.acces.jetons import empreinte
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import appareils
from infocentre.noyau.temps import a_present

DUREE = dt.timedelta(days=180)
Lieu = Literal["navigateur", "adresse", "inconnu"]


class Appareils:
    """The known browsers of an installation."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Keep them in this store; `instant` says the time."""
        self._magasin = magasin
        self._instant = instant

    def lieu(self, identifiant: str, secret: str, adresse: str) -> Lieu:
        """Tell how the place that somebody comes from is known to an account, if there is one."""
        c, depuis = appareils.c, self._instant() - DUREE
        siens = sa.and_(c.compte == normaliser(identifiant), c.vu_le > depuis)
        voulu = sa.select(c.empreinte).where(siens, _d_ici(secret, adresse))
        with self._magasin.lire() as con:
            trouves = con.execute(voulu).scalars().all()
        if empreinte(secret) in trouves:
            return "navigateur"
        return "adresse" if trouves else "inconnu"

    def retenir(self, compte: Compte, secret: str, adresse: str) -> str:
        """Return what the browser of who has just signed in holds from now on."""
        c, ici = appareils.c, self._instant()
        valeurs = {"adresse": adresse[:45], "vu_le": ici}
        with self._magasin.ecrire() as con:
            con.execute(appareils.delete().where(c.vu_le <= ici - DUREE))
            sien = sa.and_(c.empreinte == empreinte(secret), c.compte == compte.identifiant)
            if con.execute(appareils.update().where(sien).values(valeurs)).rowcount:
                return secret
            neuf = secrets.token_urlsafe(32)
            cles = {"empreinte": empreinte(neuf), "compte": compte.identifiant}
            con.execute(appareils.insert().values(cles | valeurs))
        return neuf


def _d_ici(secret: str, adresse: str) -> sa.ColumnElement[bool]:
    c = appareils.c
    return (c.empreinte == empreinte(secret)) | (c.adresse == adresse[:45])

"""Growing delays between failed sign-ins, of an account and of an address, for all processes.

An attempt is counted before the password is read, so that attempts made at once are all counted;
a success gives it back. An account that does not exist is slowed as one that does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from infocentre.acces.comptes import normaliser
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import essais
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import a_present

PLAFOND = 900  # seconds, between two attempts
OUBLI = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Frein:
    """What is slowed: an account or an address, and how many failures cost nothing."""

    cle: str
    francs: int

    def delai(self, echecs: int) -> dt.timedelta:
        """Return how long the next attempt waits after so many failures: it doubles each time."""
        if echecs < self.francs:
            return dt.timedelta()
        return dt.timedelta(seconds=min(2 ** min(echecs - self.francs, 20), PLAFOND))


def du_compte(identifiant: str) -> Frein:
    """Slow an account, whether it exists or not."""
    return Frein(_cle("compte", normaliser(identifiant)), 3)


def de_l_adresse(adresse: str) -> Frein:
    """Slow an address, that a whole organisme may have in common."""
    return Frein(_cle("adresse", adresse), 30)


def _cle(genre: str, valeur: str) -> str:
    return hashlib.sha256(f"{genre}\n{valeur}".encode(errors="replace")).hexdigest()


class Freins:
    """The failed sign-ins of an installation."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Keep them in this store; `instant` says the time."""
        self._magasin = magasin
        self._instant = instant

    def compter(self, freins: Iterable[Frein]) -> None:
        """Count an attempt; raise Refus, and count nothing, when it comes too early."""
        ici = self._instant()
        freins = tuple(freins)
        with self._magasin.ecrire() as con:
            connus = {un.cle: _tenir(con, un.cle, ici) for un in freins}
            attente = max(un.libre_le for un in connus.values()) - ici
            if attente > dt.timedelta():
                raise _trop(attente)
            for un in freins:
                echecs = connus[un.cle].echecs + 1
                valeurs = {"echecs": echecs, "libre_le": ici + un.delai(echecs)}
                con.execute(essais.update().where(essais.c.cle == un.cle).values(valeurs))
            anciens = sa.select(essais.c.cle).where(essais.c.libre_le < ici - OUBLI)
            oublies = anciens.with_for_update(skip_locked=True)
            con.execute(essais.delete().where(essais.c.cle.in_(oublies)))

    def rendre(self, compte: Frein, adresse: Frein) -> None:
        """Forget the failures of an account that signed in, and its last attempt of the address."""
        with self._magasin.ecrire() as con:
            con.execute(essais.delete().where(essais.c.cle == compte.cle))
            con.execute(
                essais.update()
                .where(essais.c.cle == adresse.cle, essais.c.echecs > 0)
                .values(echecs=essais.c.echecs - 1, libre_le=self._instant())
            )


def _tenir(con: sa.Connection, cle: str, ici: dt.datetime) -> sa.Row[tuple[str, int, dt.datetime]]:
    """Return what is counted, made when nothing was: whoever counts the same waits for its turn."""
    inserer = postgresql.insert if con.dialect.name == "postgresql" else sqlite.insert
    ligne = inserer(essais).values(cle=cle, echecs=0, libre_le=ici)
    con.execute(ligne.on_conflict_do_nothing())
    return con.execute(sa.select(essais).where(essais.c.cle == cle).with_for_update()).one()


def _trop(attente: dt.timedelta) -> Refus:
    secondes = math.ceil(attente.total_seconds())
    minutes = math.ceil(secondes / 60)
    dit = (
        accorder(secondes, "seconde", "secondes")
        if secondes < 60  # noqa: PLR2004 - a minute
        else accorder(minutes, "minute", "minutes")
    )
    return Refus(
        "trop d'essais se suivent pour ce compte ou depuis cette adresse",
        que_faire=f"Attendre {dit}, puis recommencer ; le mot de passe peut aussi être remplacé "
        "par l'administrateur.",
    )

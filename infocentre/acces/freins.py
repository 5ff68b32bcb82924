"""Growing delays between failed sign-ins, for all processes; none that keeps the holder out.

What is slowed is who tries: an account from one address, an address, and, where neither the browser
nor the address is one that the account was signed in to from, the account. A known browser has its
own delay: what others try of its account is nothing to it.

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

from infocentre.acces.appareils import Lieu
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


def d_une_entree(identifiant: str, adresse: str, lieu: Lieu, appareil: str) -> tuple[Frein, ...]:
    """Return what slows a sign-in, the one that a success forgets first.

    `appareil` is the secret of the browser, `lieu` how the account knows where it comes from.
    """
    nom = normaliser(identifiant)
    if lieu == "navigateur":
        return (Frein(_cle("navigateur", f"{nom}\n{appareil}"), 10),)
    couple = Frein(_cle("couple", f"{nom}\n{adresse}"), 3)
    ailleurs = [Frein(_cle("compte", nom), 10)] if lieu == "inconnu" else []
    # An address may be that of a whole organisme.
    return (couple, Frein(_cle("adresse", adresse), 30), *ailleurs)


def d_une_session(nom: str) -> Frein:
    """Slow who tries passwords, or codes, from a session that is open."""
    return Frein(_cle("session", nom), 5)


def d_un_facteur(identifiant: str) -> Frein:
    """Slow who has the password of an account, and not its second factor."""
    return Frein(_cle("facteur", normaliser(identifiant)), 5)


def d_un_lien(jeton: str) -> Frein:
    """Slow who has a link, and not the code that goes with it."""
    return Frein(_cle("lien", jeton), 3)


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
            attente = max(_attente(un, connus[un.cle], ici) for un in freins)
            if attente > dt.timedelta():
                raise _trop(attente)
            for un in freins:
                echecs = connus[un.cle].echecs + 1
                valeurs = {"echecs": echecs, "libre_le": ici + un.delai(echecs)}
                con.execute(essais.update().where(essais.c.cle == un.cle).values(valeurs))
            anciens = sa.select(essais.c.cle).where(essais.c.libre_le < ici - OUBLI)
            oublies = anciens.with_for_update(skip_locked=True)
            con.execute(essais.delete().where(essais.c.cle.in_(oublies)))

    def rendre(self, freins: Iterable[Frein]) -> None:
        """Forget the failures of the first that was slowed, the last attempt of the others."""
        premier, *autres = freins
        with self._magasin.ecrire() as con:
            con.execute(essais.delete().where(essais.c.cle == premier.cle))
            con.execute(
                essais.update()
                .where(essais.c.cle.in_([un.cle for un in autres]), essais.c.echecs > 0)
                .values(echecs=essais.c.echecs - 1, libre_le=self._instant())
            )


def _attente(
    frein: Frein, tenu: sa.Row[tuple[str, int, dt.datetime]], ici: dt.datetime
) -> dt.timedelta:
    """Return how long to wait; longer than it was ever told, a clock was moved: none at all."""
    attente = tenu.libre_le - ici
    return attente if attente <= frein.delai(tenu.echecs) else dt.timedelta()


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
        que_faire=f"Attendre {dit}, puis recommencer ; un navigateur, ou une adresse, d'où l'on "
        "s'est déjà connecté n'attend pas ce que d'autres essaient.",
    )

"""What a person is told of their account when they sign in, until they say that they read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import avis
from infocentre.noyau.temps import a_present

TEXTE_MAX = 500


@dataclass(frozen=True, slots=True)
class Avis:
    """One notice, unread."""

    le: dt.datetime
    texte: str


def avertir(con: sa.Connection, compte: str, le: dt.datetime, texte: str) -> None:
    """Have a person told; in the transaction of what they are told of."""
    con.execute(avis.insert().values(compte=compte, le=le, texte=texte[:TEXTE_MAX]))


class LesAvis:
    """The notices of an installation."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Keep them in this store; `instant` says the time."""
        self._magasin = magasin
        self._instant = instant

    def donner(self, compte: str, texte: str) -> None:
        """Have a person told."""
        with self._magasin.ecrire() as con:
            avertir(con, compte, self._instant(), texte)

    def de(self, compte: str) -> list[Avis]:
        """Return what a person was not told yet, or did not say that they read."""
        lus = sa.select(avis.c.le, avis.c.texte).where(_non_lus(compte)).order_by(avis.c.id)
        with self._magasin.lire() as con:
            return [Avis(un.le, un.texte) for un in con.execute(lus)]

    def lire(self, compte: str) -> None:
        """Keep that a person read all of them."""
        with self._magasin.ecrire() as con:
            con.execute(avis.update().where(_non_lus(compte)).values(lu_le=self._instant()))


def _non_lus(compte: str) -> sa.ColumnElement[bool]:
    return sa.and_(avis.c.compte == compte, avis.c.lu_le.is_(None))

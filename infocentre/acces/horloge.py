"""The clock that accounts are kept by: when it goes back, what was opened before is worth nothing.

The store has the greatest instant that any process saw. A clock that is behind it made sessions
younger and links longer than they are: all of them end, and time goes on from there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from infocentre.acces.audit import Trace, tracer
from infocentre.acces.modele import SEUL
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import horloge, jetons, sessions
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import a_present

TOLERANCE = dt.timedelta(minutes=10)  # between the clocks of two machines
PRECISION = dt.timedelta(minutes=5)  # of what is kept: it is written at most that often
_VUE = sa.select(horloge.c.vue_le)


class Horloge:
    """The clock of an installation."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Compare what `instant` says with what this store has seen."""
        self._magasin = magasin
        self._instant = instant

    def lire(self) -> dt.datetime:
        """Return the instant; end all sessions and links first when the clock went back."""
        ici = self._instant()
        with self._magasin.lire() as con:
            vue = con.scalar(_VUE)
        if vue is None or not -TOLERANCE <= ici - vue <= PRECISION:
            self._noter(ici)
        return ici

    def _noter(self, ici: dt.datetime) -> None:
        with self._magasin.ecrire() as con:
            inserer = postgresql.insert if con.dialect.name == "postgresql" else sqlite.insert
            con.execute(inserer(horloge).values(id=1, vue_le=ici).on_conflict_do_nothing())
            vue = con.execute(_VUE.with_for_update()).scalar_one()
            recul = vue - ici
            if recul > TOLERANCE:
                con.execute(sessions.delete())
                con.execute(jetons.delete())
            if recul > TOLERANCE or recul < dt.timedelta():
                con.execute(horloge.update().values(vue_le=ici))
        if recul > TOLERANCE:
            tracer(self._magasin, SEUL, Trace.COMPTE, "horloge", fait=_dire(recul))


def _dire(recul: dt.timedelta) -> str:
    minutes = int(recul.total_seconds() // 60)
    dit = accorder(minutes, "minute", "minutes")
    return f"l'horloge a reculé de {dit} : sessions et liens fermés"

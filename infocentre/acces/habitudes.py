"""What an account chose for itself, and when it last looked: nothing that gives a right."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import habitudes

VUE, AVANT, TOUR = "vue_le", "vue_avant", "tour"
VISITE = dt.timedelta(minutes=30)  # without a look, after which another visit begins
PAS = dt.timedelta(minutes=1)  # looks closer than this are one


@dataclass(frozen=True, slots=True)
class Visite:
    """When someone last looked at what waits, and when they last did before this visit.

    `tour`: they said that they need no way round any more.
    """

    vue_le: dt.datetime | None = None
    avant: dt.datetime | None = None
    tour: bool = False


class Habitudes:
    """What one account chose, under its name."""

    def __init__(self, magasin: Magasin, qui: str) -> None:
        """Read and write those of `qui`."""
        self._magasin = magasin
        self._qui = qui

    def lire(self) -> dict[str, str]:
        """Return all of them, by name."""
        c = habitudes.c
        demande = sa.select(c.nom, c.valeur).where(c.qui == self._qui)
        with self._magasin.lire() as con:
            return {une.nom: une.valeur for une in con.execute(demande)}

    def garder(self, **dites: str) -> None:
        """Keep what is said under each name, in place of what was."""
        c = habitudes.c
        with self._magasin.ecrire() as con:
            con.execute(habitudes.delete().where(c.qui == self._qui, c.nom.in_(list(dites))))
            lignes = [{"qui": self._qui, "nom": nom, "valeur": un} for nom, un in dites.items()]
            con.execute(habitudes.insert(), lignes)

    def visite(self) -> Visite:
        """Return when they last looked."""
        lues = self.lire()
        return Visite(_instant(lues.get(VUE)), _instant(lues.get(AVANT)), TOUR in lues)

    def regarder(self, instant: dt.datetime, *, arrivee: dt.datetime | None = None) -> Visite:
        """Keep that they look now; return the visit that this look is of.

        `arrivee`: when the newest thing came that they have before them.
        """
        vue = self.visite()
        deja = vue.vue_le and not (arrivee and arrivee > vue.vue_le)
        if deja and vue.vue_le and instant - vue.vue_le < PAS:
            return vue
        neuve = vue.vue_le is None or instant - vue.vue_le > VISITE
        avant = vue.vue_le if neuve else vue.avant
        dites = {VUE: instant.isoformat()} | ({AVANT: avant.isoformat()} if avant else {})
        self.garder(**dites)
        return Visite(instant, avant, vue.tour)


def _instant(dit: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(dit) if dit else None

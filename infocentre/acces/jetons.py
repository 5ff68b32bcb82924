"""What is good once, until it expires: a link to a password or to a session, an awaited answer.

The store has the sha256 of each: who reads it cannot use any.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from infocentre.acces.horloge import Horloge
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import jetons
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import a_present

MOT_DE_PASSE, ENTREE, FOURNISSEUR = "mot-de-passe", "entree", "fournisseur"
FACTEUR, SECOND, DEMANDE = "facteur", "second", "demande"


@dataclass(frozen=True, slots=True)
class Jeton:
    """What was kept with a token; `compte` is '' when it is nobody's yet."""

    compte: str
    donnees: Mapping[str, str]


class Jetons:
    """The tokens of an installation."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Keep them in this store; `instant` says the time."""
        self._magasin = magasin
        self._instant = instant
        self._horloge = Horloge(magasin, instant)

    def donner(
        self,
        genre: str,
        duree: dt.timedelta,
        *,
        compte: str = "",
        donnees: Mapping[str, str] | None = None,
    ) -> str:
        """Return a new token; those that the account had of this kind are good no more."""
        jeton, ici = secrets.token_urlsafe(32), self._horloge.lire()
        valeurs = {
            "empreinte": empreinte(jeton),
            "genre": genre,
            "compte": compte or None,
            "expire_le": ici + duree,
            "donnees": json.dumps(dict(donnees or {})),
        }
        sien = sa.and_(jetons.c.compte == compte, jetons.c.genre == genre)
        with self._magasin.ecrire() as con:
            con.execute(jetons.delete().where(sien | (jetons.c.expire_le < ici)))
            con.execute(jetons.insert().values(valeurs))
        return jeton

    def lire(self, genre: str, jeton: str) -> Jeton:
        """Return what a token is for, and leave it; raise Refus when it is good no more."""
        voulu = _bon(genre, jeton, self._horloge.lire())
        with self._magasin.lire() as con:
            ligne = con.execute(jetons.select().where(voulu)).first()
        return _lu(ligne)

    def en_attente(self, genre: str) -> list[Jeton]:
        """Return what tokens of a kind are for, as long as they are good."""
        c = jetons.c
        bons = sa.and_(c.genre == genre, c.expire_le > self._horloge.lire())
        with self._magasin.lire() as con:
            return [_lu(une) for une in con.execute(jetons.select().where(bons))]

    def oter(self, genre: str, compte: str) -> bool:
        """Make the tokens of a kind of an account good for nothing; tell whether there were."""
        siens = sa.and_(jetons.c.compte == compte, jetons.c.genre == genre)
        with self._magasin.ecrire() as con:
            return con.execute(jetons.delete().where(siens)).rowcount > 0

    def prendre(self, genre: str, jeton: str, con: sa.Connection | None = None) -> Jeton:
        """Use a token: it is good no more; raise Refus when it was not. `con` writes already."""
        if con is None:
            self._horloge.lire()
            with self._magasin.ecrire() as a_moi:
                return self.prendre(genre, jeton, a_moi)
        pris = jetons.delete().where(_bon(genre, jeton, self._instant()))
        return _lu(con.execute(pris.returning(jetons.c.compte, jetons.c.donnees)).first())


def _bon(genre: str, jeton: str, ici: dt.datetime) -> sa.ColumnElement[bool]:
    c = jetons.c
    return sa.and_(c.empreinte == empreinte(jeton), c.genre == genre, c.expire_le > ici)


def empreinte(secret: str) -> str:
    """Return what the store has of a secret drawn at random."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _lu(ligne: Any) -> Jeton:  # noqa: ANN401 - a row of the table, or none
    if ligne is None:
        raise Refus(
            "ce lien a déjà servi, a expiré, ou n'est pas complet",
            que_faire="En demander un autre à l'administrateur des comptes.",
        )
    return Jeton(ligne.compte or "", json.loads(ligne.donnees))

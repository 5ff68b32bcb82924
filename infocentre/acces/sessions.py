"""Open sessions: what a browser holds is known by its sha256; they end with their account.

A session ends after some time without a request, and some time after it began whatever happens:
INFOCENTRE_SESSION_REPOS and INFOCENTRE_SESSION_DUREE, in minutes.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import sqlalchemy as sa

from infocentre.acces.comptes import Compte, ecrire_compte, en_compte
from infocentre.acces.horloge import Horloge
from infocentre.acces.jetons import empreinte
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import comptes, sessions
from infocentre.noyau.config import nombre_regle
from infocentre.noyau.memoire import Memoire
from infocentre.noyau.temps import a_present

REPOS, DUREE = ("INFOCENTRE_SESSION_REPOS", 120), ("INFOCENTRE_SESSION_DUREE", 720)
PRECISION = dt.timedelta(minutes=1)  # of `vue_le`: a reading of a page writes at most that often

# Every request asks this: it is built once, which costs three times what it takes to run.
_BONNE = sa.and_(
    sessions.c.ouverte_le > sa.bindparam("ouverte_apres"),
    sessions.c.vue_le > sa.bindparam("vue_apres"),
)
_OUVERTE = (
    sa.select(sessions, comptes)
    .join(comptes)
    .where(sessions.c.empreinte == sa.bindparam("voulue"), _BONNE, comptes.c.ferme_le.is_(None))
)


@dataclass(frozen=True, slots=True)
class Visite:
    """How someone came: a password, a link or a provider; from where, with what."""

    par: str
    adresse: str = ""
    navigateur: str = ""
    id_token: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """An open session; `nom` tells it from the others of the account, and opens nothing."""

    nom: str
    compte: Compte
    ouverte_le: dt.datetime
    vue_le: dt.datetime
    visite: Visite


_LUES: Memoire[tuple[Session | None, dt.datetime]] = Memoire(512)


class Sessions:
    """The sessions of an installation."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Keep them in this store; `instant` says the time. Raise Refus for a bad setting."""
        self._magasin = magasin
        self._horloge, self._instant = Horloge(magasin, instant), instant
        self._repos, self._duree = minutes(*REPOS), minutes(*DUREE)

    def ouvrir(self, compte: Compte, visite: Visite) -> str:
        """Return what the browser of a person who has just proved who they are will hold."""
        secret, ici = secrets.token_urlsafe(32), self._horloge.lire()
        valeurs = {
            "empreinte": empreinte(secret),
            "compte": compte.identifiant,
            "ouverte_le": ici,
            "vue_le": ici,
            "par": visite.par,
            "adresse": visite.adresse[:45],
            "navigateur": visite.navigateur[:200],
            "id_token": visite.id_token,
        }
        with self._magasin.ecrire() as con:
            con.execute(sessions.delete().where(~_BONNE), self._limites(ici))
            con.execute(sessions.insert().values(valeurs))
            if compte.servi_le is None:
                ecrire_compte(con, compte.identifiant, {"servi_le": ici})
        return secret

    def lire(self, secret: str, *, active: bool = True) -> Session | None:
        """Return the session of a secret, None when it has ended or its account is closed.

        A request that nobody made, such as a page that asks for news, is not `active`.
        """
        marque = None if active else self._magasin.marque
        if marque is None:
            return self._lire(secret, active=active)
        return self._relire(secret, marque)

    def _relire(self, secret: str, marque: Hashable) -> Session | None:
        """Return what was read of a session since the last write, if it has not ended since."""
        ici, cle = self._instant(), (self._magasin.lieu, empreinte(secret))
        lue, quand = _LUES.lire(cle, lambda _: (self._lire(secret, active=False), ici), marque)
        if ici < quand:  # the clock went back, which may end it
            return self._lire(secret, active=False)
        bonne = lue and lue.vue_le > ici - self._repos and lue.ouverte_le > ici - self._duree
        return lue if bonne else None

    def _lire(self, secret: str, *, active: bool) -> Session | None:
        ici = self._horloge.lire()
        voulue = {"voulue": empreinte(secret)} | self._limites(ici)
        with self._magasin.lire() as con:
            ligne = con.execute(_OUVERTE, voulue).first()
        if ligne is None:
            return None
        if active and ici - ligne.vue_le > PRECISION:
            with self._magasin.ecrire() as con:
                vue = sessions.update().where(sessions.c.empreinte == empreinte(secret))
                con.execute(vue.values(vue_le=ici))
        return _en_session(ligne)

    def de(self, compte: Compte) -> list[Session]:
        """Return the open sessions of an account, the last seen first."""
        demande = (
            sa.select(sessions, comptes)
            .join(comptes)
            .where(sessions.c.compte == compte.identifiant, _BONNE)
            .order_by(sessions.c.vue_le.desc(), sessions.c.empreinte)
        )
        limites = self._limites(self._horloge.lire())
        with self._magasin.lire() as con:
            lues = con.execute(demande, limites)
            return [_en_session(ligne) for ligne in lues]

    def fermer(self, secret: str) -> None:
        """End a session."""
        with self._magasin.ecrire() as con:
            con.execute(sessions.delete().where(sessions.c.empreinte == empreinte(secret)))

    def fermer_toutes(self, compte: Compte) -> int:
        """End all the sessions of an account; return how many."""
        siennes = sessions.delete().where(sessions.c.compte == compte.identifiant)
        with self._magasin.ecrire() as con:
            return con.execute(siennes).rowcount

    def _limites(self, ici: dt.datetime) -> dict[str, dt.datetime]:
        return {"ouverte_apres": ici - self._duree, "vue_apres": ici - self._repos}


def minutes(nom: str, defaut: int) -> dt.timedelta:
    """Return a length that the environment says in minutes; raise Refus when it does not."""
    lues = nombre_regle(
        nom,
        defaut,
        60 * 24 * 30,
        "n'est pas une durée en minutes",
        "Écrire un nombre, 120 par exemple.",
    )
    return dt.timedelta(minutes=lues)


def _en_session(ligne: sa.Row[tuple[object, ...]]) -> Session:
    visite = Visite(ligne.par, ligne.adresse, ligne.navigateur, ligne.id_token)
    return Session(ligne.empreinte[:12], en_compte(ligne), ligne.ouverte_le, ligne.vue_le, visite)

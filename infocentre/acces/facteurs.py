"""A second factor: codes of six figures that change every 30 seconds (TOTP, RFC 6238).

The key of an account is made of what the store has and of the key of the data directory: who reads
the store alone has no code. A code is good once, within a step of the clock; ten others, to be kept
on paper, are good once each, whenever.

INFOCENTRE_SECOND_FACTEUR lists the roles that must have one, or « tous ».
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import os
import secrets
import struct
from collections.abc import Callable
from typing import TypedDict
from urllib.parse import quote

import sqlalchemy as sa

from infocentre.acces.avis import avertir
from infocentre.acces.comptes import Compte, lire_code, oublier_facteur
from infocentre.acces.reglage_oidc import lire_roles
from infocentre.acces.remplacements import tirer_code
from infocentre.acces.roles import Role
from infocentre.decisions.magasin import Magasin, lire_lignes
from infocentre.decisions.schema import facteurs, secours
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import a_present, dater_heure

REGLAGE = "INFOCENTRE_SECOND_FACTEUR"
PAS, CHIFFRES, DERIVE = 30, 6, 1  # seconds; figures; steps before and after
SECOURS = 10
OCTETS = 20  # of a key, as RFC 4226 has it for SHA-1


def roles_exiges() -> frozenset[Role]:
    """Return the roles that must have a second factor; raise Refus for a bad setting."""
    return lire_roles(REGLAGE, os.environ.get(REGLAGE, ""))


def code_du_pas(cle: bytes, pas: int) -> str:
    """Return the code of a step (RFC 4226, section 5.3).

    >>> code_du_pas(b"12345678901234567890", 1)
    '287082'
    """
    sceau = hmac.new(cle, struct.pack(">Q", pas), hashlib.sha1).digest()
    debut = sceau[-1] & 0xF
    (nombre,) = struct.unpack(">I", sceau[debut : debut + 4])
    return f"{(nombre & 0x7FFFFFFF) % 10**CHIFFRES:0{CHIFFRES}d}"


class _Facteur(TypedDict):
    """A row of `facteurs`."""

    compte: str
    sel: str
    dernier_pas: int
    confirme_le: dt.datetime | None


class Facteurs:
    """The second factors of an installation."""

    def __init__(
        self,
        magasin: Magasin,
        cle: str,
        instant: Callable[[], dt.datetime] = a_present,
    ) -> None:
        """Keep them in this store; `cle` is that of the data directory, `instant` says the time."""
        self._magasin = magasin
        self._cle = cle.encode(errors="surrogateescape")
        self._instant = instant

    def a(self, compte: Compte) -> bool:
        """Tell whether an account has a second factor, confirmed by its holder."""
        return self._lire(compte, confirme=True) is not None

    def preparer(self, compte: Compte) -> str:
        """Return the key of a factor that is not confirmed yet, in base 32, drawn when needed."""
        if self.a(compte):
            raise Refus("ce compte a déjà un second facteur", que_faire="L'ôter d'abord.")
        ligne = self._lire(compte) or self._tirer(compte)
        return base64.b32encode(self._secret(ligne)).decode()

    def _tirer(self, compte: Compte) -> _Facteur:
        neuf: _Facteur = {
            "compte": compte.identifiant,
            "sel": secrets.token_hex(16),
            "dernier_pas": 0,
            "confirme_le": None,
        }
        with self._magasin.ecrire() as con:
            con.execute(facteurs.insert().values(neuf))
        return neuf

    def confirmer(self, compte: Compte, code: str) -> list[str]:
        """Keep a factor whose holder gives a code of it; return its codes of help, told once."""
        ligne = self._lire(compte)
        if ligne is None or ligne["confirme_le"] or not self._user(ligne, code):
            raise _faux()
        ici, codes = self._instant(), [tirer_code() for _ in range(SECOURS)]
        with self._magasin.ecrire() as con:
            sien = facteurs.c.compte == compte.identifiant
            con.execute(facteurs.update().where(sien).values(confirme_le=ici))
            for un in codes:
                garde = {"empreinte": self._de_secours(un), "compte": compte.identifiant}
                con.execute(secours.insert().values(garde))
            dit = f"Un second facteur a été ajouté à ce compte le {dater_heure(ici)}."
            avertir(con, compte.identifiant, ici, dit)
        return codes

    def verifier(self, compte: Compte, code: str) -> None:
        """Use a code, of the moment or of help; raise Refus when it is not good, or no more."""
        ligne = self._lire(compte, confirme=True)
        if ligne is None or not (self._user(ligne, code) or self._user_secours(compte, code)):
            raise _faux()

    def oter(self, compte: Compte, code: str) -> None:
        """Take away the factor of who gives a code of it."""
        self.verifier(compte, code)
        with self._magasin.ecrire() as con:
            oublier_facteur(con, compte.identifiant, self._instant())

    def restants(self, compte: Compte) -> int:
        """Return how many codes of help are left."""
        siens = sa.select(sa.func.count()).where(secours.c.compte == compte.identifiant)
        with self._magasin.lire() as con:
            return int(con.scalar(siens) or 0)

    def _lire(self, compte: Compte, *, confirme: bool = False) -> _Facteur | None:
        voulu = facteurs.select().where(facteurs.c.compte == compte.identifiant)
        if confirme:
            voulu = voulu.where(facteurs.c.confirme_le.is_not(None))
        with self._magasin.lire() as con:
            lus = lire_lignes(con, voulu, _Facteur)
        return lus[0] if lus else None

    def _secret(self, ligne: _Facteur) -> bytes:
        dit = f"second facteur\n{ligne['compte']}\n{ligne['sel']}"
        return hmac.new(self._cle, dit.encode(), hashlib.sha256).digest()[:OCTETS]

    def _user(self, ligne: _Facteur, code: str) -> bool:
        """Use the step of a code: it, and those before, are good no more."""
        saisi, cle = "".join(code.split()), self._secret(ligne)
        ici = int(self._instant().timestamp()) // PAS
        for pas in range(ici - DERIVE, ici + DERIVE + 1):
            if hmac.compare_digest(code_du_pas(cle, pas).encode(), saisi.encode(errors="replace")):
                return self._prendre(ligne["compte"], pas)
        return False

    def _prendre(self, compte: str, pas: int) -> bool:
        c = facteurs.c
        libre = sa.and_(c.compte == compte, c.dernier_pas < pas)
        with self._magasin.ecrire() as con:
            return con.execute(facteurs.update().where(libre).values(dernier_pas=pas)).rowcount == 1

    def _user_secours(self, compte: Compte, code: str) -> bool:
        c = secours.c
        sien = sa.and_(c.compte == compte.identifiant, c.empreinte == self._de_secours(code))
        with self._magasin.ecrire() as con:
            return con.execute(secours.delete().where(sien)).rowcount == 1

    def _de_secours(self, code: str) -> str:
        """Return what is kept of a code of help: without the key, it cannot be searched for."""
        return hmac.new(
            self._cle, f"secours\n{lire_code(code)}".encode(), hashlib.sha256
        ).hexdigest()


def _faux() -> Refus:
    return Refus(
        "ce code n'est pas le bon, ou a déjà servi",
        que_faire="Attendre le suivant et le saisir ; vérifier l'heure du téléphone.",
    )


def adresse_otpauth(compte: str, cle: str) -> str:
    """Return what an application of codes reads: the account, the key."""
    nom = quote(f"Infocentre:{compte}")
    return f"otpauth://totp/{nom}?secret={cle}&issuer=Infocentre&digits={CHIFFRES}&period={PAS}"

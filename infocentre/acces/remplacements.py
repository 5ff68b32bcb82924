"""What opens an account that is somebody's, replaced where no mail can leave.

Who administers asks, and is told half of what is needed: a code. The holder, in a session that is
still open, has no need of it. Without one, somebody else confirms, who has the other half: a link,
good with the code only. Neither can become the holder, who is told by both.

Who confirms is nobody that who asks made, nor the reverse, nor made by the same: whoever invites
accounts could otherwise be two. Two administrators invited from the machine are two persons.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from infocentre.acces.comptes import REMPLACEMENT, Comptes, lire_code
from infocentre.acces.jetons import DEMANDE, FACTEUR, MOT_DE_PASSE, empreinte
from infocentre.acces.modele import Acces, Action
from infocentre.decisions.magasin import Magasin
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import a_present, dater_heure

LETTRES = "abcdefghjkmnpqrstuvwxyz23456789"
NOMS = {MOT_DE_PASSE: "le mot de passe", FACTEUR: "le second facteur"}


@dataclass(frozen=True, slots=True)
class Demande:
    """A replacement that waits: of what (`genre`), of whose account, who asked, when."""

    genre: str
    compte: str
    par: str
    le: str
    code: str  # its sha256

    @property
    def quoi(self) -> str:
        """What is replaced, in words."""
        return NOMS[self.genre]


def tirer_code() -> str:
    """Return a code that a person can say and type: 10 letters, 49 bits."""
    return "-".join("".join(secrets.choice(LETTRES) for _ in range(5)) for _ in range(2))


class Remplacements:
    """The replacements that wait, one an account at most."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Keep them in this store; `instant` says the time."""
        self._comptes = Comptes(magasin, instant)
        self._instant = instant

    def demander(self, identifiant: str, genre: str, par: str) -> str:
        """Keep that somebody asks; return the code, which is told once, to them alone."""
        compte, code = self._comptes.exiger_ouvert(identifiant), tirer_code()
        dite = {"genre": genre, "par": par, "le": dater_heure(self._instant())}
        dite |= {"code": empreinte(lire_code(code))}
        jetons = self._comptes.jetons
        jetons.donner(DEMANDE, REMPLACEMENT, compte=compte.identifiant, donnees=dite)
        return code

    def en_attente(self) -> list[Demande]:
        """Return those that wait."""
        lus = self._comptes.jetons.en_attente(DEMANDE)
        return [Demande(compte=un.compte, **dict(un.donnees)) for un in lus]

    def de(self, identifiant: str) -> Demande | None:
        """Return the one that waits for an account."""
        return next((une for une in self.en_attente() if une.compte == identifiant), None)

    def confirmables(self, acces: Acces) -> list[Demande]:
        """Return those that a person may confirm: not the holder, nor who comes from who asked."""
        if not acces.peut(Action.CONFIRMER):
            return []
        sienne = self._comptes.lignee(acces.qui)
        return [
            une
            for une in self.en_attente()
            if une.compte != acces.qui and not sienne & self._comptes.lignee(une.par)
        ]

    def confirmer(self, identifiant: str, acces: Acces) -> tuple[Demande, str]:
        """Return what was confirmed, and its link, good with the code only."""
        demande = self._prendre(identifiant)
        if demande not in self.confirmables(acces):
            raise Refus(
                "qui demande ne confirme pas, ni un compte de la même lignée d'invitations",
                que_faire="Un administrateur, ou un gestionnaire, d'une autre lignée confirme ; à "
                "défaut, le faire sur la machine : infocentre comptes lien COMPTE.",
            )
        dits = {"par": demande.par, "avec": acces.qui, "code": demande.code}
        return demande, self._suivre(demande, dits)

    def reprendre(self, identifiant: str) -> str:
        """Return the link of a holder, who asks for it from a session of their own."""
        demande = self._prendre(identifiant)
        return self._suivre(demande, {"par": demande.par, "avec": identifiant})

    def refuser(self, identifiant: str) -> None:
        """Have no replacement wait any more for an account."""
        self._prendre(identifiant)
        self._comptes.jetons.oter(DEMANDE, identifiant)

    def _suivre(self, demande: Demande, dits: dict[str, str]) -> str:
        self._comptes.jetons.oter(DEMANDE, demande.compte)
        return self._comptes.lien(demande.compte, demande.genre, dits)

    def _prendre(self, identifiant: str) -> Demande:
        demande = self.de(identifiant)
        if demande is None:
            raise Refus("aucun remplacement n'attend plus pour ce compte", que_faire="Le demander.")
        return demande

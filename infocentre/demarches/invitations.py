"""What leaves to the address of an account: the link that is for its holder alone, and notices."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from infocentre.acces.comptes import Compte, duree
from infocentre.demarches.envoi import FICHIER, envoyer_un, lire_messagerie
from infocentre.demarches.message import DOMAINE
from infocentre.noyau.config import adresse_publique
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder


@dataclass(frozen=True, slots=True)
class Objet:
    """What a mail with a link is about; `par` asked for it."""

    sujet: str
    texte: str
    par: str = ""

    @property
    def demande(self) -> str:
        """Return « , à la demande de X »."""
        return f", à la demande de {self.par}" if self.par else ""


CHOISIR = Objet(
    "Infocentre : choisir votre mot de passe",
    "Voici le lien par lequel choisir le mot de passe de votre compte de l’infocentre "
    "({compte}){par} :",
)
OTER = Objet(
    "Infocentre : ôter votre second facteur",
    "Voici le lien par lequel ôter le second facteur de votre compte de l’infocentre "
    "({compte}){par}, pour en ajouter un autre :",
)


def adresse_du_lien(jeton: str, ici: str) -> str:
    """Return the address of a link; `ici` is that of the server, when nothing says another."""
    return f"{adresse_publique() or ici.rstrip('/')}/lien/{jeton}"


def messagerie_reglee(racine: Path) -> bool:
    """Tell whether the installation says how mails leave."""
    return (racine / FICHIER).exists()


def choisi_par(racine: Path) -> str:
    """Return the account that chose the mail server in the application, '' for the machine."""
    return (lire_messagerie(racine).regle_par or "") if messagerie_reglee(racine) else ""


def envoyer_lien(
    racine: Path, compte: Compte, jeton: str, ici: str, objet: Objet = CHOISIR
) -> None:
    """Send a link to its account; raise Refus when no mail can leave, or this one did not."""
    texte = objet.texte.format(compte=compte.identifiant, par=objet.demande)
    _envoyer(
        racine,
        compte,
        objet.sujet,
        f"Bonjour,\n\n{texte}\n\n{adresse_du_lien(jeton, ici)}\n\nIl sert une fois, pendant "
        f"{_delai(compte)}. Si vous n’attendiez pas ce message, n’ouvrez pas le lien et prévenez "
        "l’administrateur des comptes.\n",
    )


def prevenir(racine: Path, compte: Compte, texte: str) -> None:
    """Tell the holder of an account what became of it, when a mail can leave."""
    if messagerie_reglee(racine):
        with contextlib.suppress(Refus):
            _envoyer(
                racine,
                compte,
                "Infocentre : votre compte",
                f"Bonjour,\n\n{texte}\n\nSi ce n’est pas vous, prévenez l’administrateur des "
                "comptes.\n",
            )


def _envoyer(racine: Path, compte: Compte, sujet: str, texte: str) -> None:
    messagerie = lire_messagerie(racine)
    courriel = EmailMessage()
    courriel["Subject"] = sujet
    courriel["From"] = messagerie.expediteur
    courriel["To"] = compte.identifiant
    courriel["Date"] = formatdate(usegmt=True)
    courriel["Message-ID"] = make_msgid(domain=DOMAINE)
    courriel.set_content(texte)
    envoyer_un(messagerie, courriel, compte.identifiant)


def _delai(compte: Compte) -> str:
    heures = int(duree(compte).total_seconds() // 3600)
    return f"{heures} heures" if heures <= 24 else accorder(heures // 24, "jour", "jours")  # noqa: PLR2004 - a day

"""The link by which a person chooses a password, sent to the address of the account."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from infocentre.acces.comptes import INVITATION, REMPLACEMENT, Compte
from infocentre.demarches.envoi import envoyer_un, lire_messagerie
from infocentre.demarches.message import DOMAINE
from infocentre.noyau.config import adresse_publique
from infocentre.noyau.francais import accorder


def adresse_du_lien(jeton: str, ici: str) -> str:
    """Return the address of a link; `ici` is that of the server, when nothing says another."""
    return f"{adresse_publique() or ici.rstrip('/')}/lien/{jeton}"


def envoyer_lien(racine: Path, compte: Compte, jeton: str, ici: str) -> None:
    """Send a link to its account; raise Refus when no mail can leave, or this one did not."""
    messagerie = lire_messagerie(racine)
    courriel = EmailMessage()
    courriel["Subject"] = "Infocentre : choisir votre mot de passe"
    courriel["From"] = messagerie.expediteur
    courriel["To"] = compte.identifiant
    courriel["Date"] = formatdate(usegmt=True)
    courriel["Message-ID"] = make_msgid(domain=DOMAINE)
    courriel.set_content(_texte(compte, adresse_du_lien(jeton, ici)))
    envoyer_un(messagerie, courriel, compte.identifiant)


def _texte(compte: Compte, lien: str) -> str:
    duree = REMPLACEMENT if compte.a_mot_de_passe else INVITATION
    heures = int(duree.total_seconds() // 3600)
    delai = f"{heures} heures" if heures <= 24 else accorder(heures // 24, "jour", "jours")  # noqa: PLR2004 - a day
    return (
        f"Bonjour,\n\nVoici le lien par lequel choisir le mot de passe de votre compte de "
        f"l’infocentre ({compte.identifiant}) :\n\n{lien}\n\nIl sert une fois, pendant {delai}. "
        "Si vous n’attendiez pas ce message, n’ouvrez pas le lien et prévenez l’administrateur des "
        "comptes.\n"
    )

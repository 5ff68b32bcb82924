"""What waits, by mail to oneself: each day or each Monday, to who chose so on their account.

The day is kept before the mail is given to the server: whatever kills this, nobody gets two of a
day. It is given back only when the server says that it took nothing.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import socket
from collections.abc import Callable, Iterator, Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple

from infocentre.acces.comptes import Compte, Comptes
from infocentre.acces.habitudes import Habitudes
from infocentre.affaires import Affaires
from infocentre.decisions import Magasin
from infocentre.demarches.envoi import Messagerie, envoyer_un
from infocentre.demarches.journee import INFORMATION, Ligne, en_texte, file_d_attente
from infocentre.demarches.message import DOMAINE
from infocentre.lecture.commun import departements
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.config import adresse_publique
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, apostropher
from infocentre.noyau.temps import jour as ecrire_jour

RYTHME, ENVOYE = "recapitulatif", "recapitulatif_le"  # of the habits of an account
RYTHMES: Mapping[str, str] = {"": "Jamais", "lundi": "Chaque lundi", "jour": "Chaque jour"}
# What says for sure that the server took nothing: it may be tried again.
_NON_PARTI = (
    ConnectionRefusedError,
    socket.gaierror,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPNotSupportedError,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
)


class Fait(NamedTuple):
    """What became of the mail of an account: '' when it left, else why not."""

    compte: str
    echec: str = ""


def du(habitudes: Mapping[str, str], jour: dt.date) -> bool:
    """Tell whether a mail is due on a day: one a day, or one a week from its Monday on."""
    rythme, envoye = habitudes.get(RYTHME, ""), habitudes.get(ENVOYE, "")
    debut = jour if rythme == "jour" else jour - dt.timedelta(days=jour.weekday())
    return rythme in {"jour", "lundi"} and envoye < debut.isoformat()


def attendus(magasin: Magasin, jour: dt.date) -> list[Compte]:
    """Return the open accounts to which a mail is due."""
    return [
        un
        for un in Comptes(magasin).lister()
        if un.ouvert and du(Habitudes(magasin, un.identifiant).lire(), jour)
    ]


def envoyer(
    magasin: Magasin,
    messagerie: Messagerie,
    lire: Callable[[Compte], tuple[Lecture, Affaires]],
    jour: dt.date,
) -> Iterator[Fait]:
    """Send what waits to each account that is due; one that is not sent stops no other.

    `lire` opens what an account may read, and the affaires at the clock.
    """
    for compte in attendus(magasin, jour):
        v, registre = lire(compte)
        habitudes = Habitudes(magasin, compte.identifiant)
        avant = habitudes.lire().get(ENVOYE, "")
        lignes = [
            une
            for ici in departements(v)
            for une in file_d_attente(v, registre, compte.acces, ici)
            if une.genre != INFORMATION or _depuis(une, avant)
        ]
        if not lignes:
            continue
        habitudes.garder(**{ENVOYE: jour.isoformat()})
        try:
            envoyer_un(
                messagerie, ecrire(compte, lignes, messagerie.expediteur, registre.instant),
                compte.identifiant,
            )  # fmt: skip
        except Refus as refus:
            if isinstance(refus.__cause__, _NON_PARTI):
                habitudes.garder(**{ENVOYE: avant})
            yield Fait(compte.identifiant, refus.quoi)
        else:
            yield Fait(compte.identifiant)


def _depuis(une: Ligne, avant: str) -> bool:
    """Tell whether a line came since the last mail: what is only told is told once."""
    return une.arrivee is not None and une.arrivee.date().isoformat() >= avant


def ecrire(
    compte: Compte, lignes: list[Ligne], expediteur: str, instant: dt.datetime
) -> EmailMessage:
    """Return the mail: what waits, by what it is, no word that someone typed, no numéro."""
    jour = instant.date()
    courriel = EmailMessage()
    attendent = sum(une.genre != INFORMATION for une in lignes)
    dit = accorder(attendent, "chose attend", "choses attendent")
    combien = dit if attendent else "pour information"
    courriel["Subject"] = apostropher(f"Infocentre : {combien} au {ecrire_jour(jour)}")
    courriel["From"] = expediteur
    courriel["To"] = compte.identifiant
    courriel["Date"] = format_datetime(instant)
    nom = compte.identifiant.replace("@", ".")
    courriel["Message-ID"] = f"<recapitulatif.{jour:%Y%m%d}.{nom}@{DOMAINE}>"
    ou = adresse_publique()
    suite = f"\n\n{ou}" if ou else ""
    fin = "Ce récapitulatif se règle, ou s'arrête, dans « Mon compte »."
    texte = f"Bonjour,\n\n{en_texte(lignes, jour)}{suite}\n\n{fin}\n"
    courriel.set_content(apostropher(texte))
    return courriel

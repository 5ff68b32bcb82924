"""A message that is ready: its words, its files, the whole as an electronic mail.

The same message gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from infocentre.acces.comptes import Comptes
from infocentre.acces.roles import Role
from infocentre.affaires import Affaire, Constat, Procedure
from infocentre.affaires.attentes import tache_de
from infocentre.affaires.donnees import Donnees
from infocentre.contrat.montres import lire_numeros
from infocentre.contrat.numeros import numeros_ouverts
from infocentre.decisions import magasin_present
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.config import adresse_publique
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.document import Service

TYPES = {
    "docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "ics": ("text", "calendar"),
    "pdf": ("application", "pdf"),
    "pptx": ("application", "vnd.openxmlformats-officedocument.presentationml.presentation"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
DOMAINE = "infocentre.invalid"  # a Message-ID names no machine


@dataclass(frozen=True, slots=True)
class Piece:
    """A file joined to a message."""

    nom: str
    octets: bytes

    @property
    def empreinte(self) -> str:
        """Its sha256."""
        return hashlib.sha256(self.octets).hexdigest()


@dataclass(frozen=True, slots=True)
class Pli:
    """The affaires of one object that one message tells of, and the event by which it leaves."""

    pour: str
    affaires: tuple[Affaire, ...]

    @property
    def objet(self) -> str:
        """Whom it is for."""
        return self.affaires[0].objet

    @property
    def relance(self) -> bool:
        """Tell whether it reminds of what was told."""
        return tache_de(self.affaires[0], self.pour) == "rappel"

    @property
    def ids(self) -> tuple[str, ...]:
        """The affaires, by name."""
        return tuple(une.id for une in self.affaires)

    @property
    def nom(self) -> str:
        """The name by which buttons know it."""
        return self.nommer(self.pour, self.ids)

    @staticmethod
    def nommer(pour: str, ids: Sequence[str]) -> str:
        """Return the name of the message that leaves by an event of these affaires."""
        return f"{pour}:{','.join(ids)}"


def mots_ecrits(une: Affaire, redige: str) -> tuple[str, str] | None:
    """Return the words that a person wrote since the last message of an affaire left.

    `redige` is the event by which they do.
    """
    ecrit = une.situation.dernier(redige)
    sorti = une.situation.dernier(*partants(une.procedure))
    if ecrit is None or (sorti and sorti.rang > ecrit.rang):
        return None
    return ecrit.donnees["objet"], ecrit.donnees["corps"]


def partants(procedure: Procedure) -> tuple[str, ...]:
    """Return the events that leave by a message."""
    return tuple(nom for nom, un in procedure.evenements.items() if un.message)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is ready: to whom, its words, its files.

    `autres` are the other affaires that it tells of: it is one message, and an event of each.
    """

    affaire: str
    pour: str  # the event by which it is told that it was sent
    destinataires: tuple[str, ...]
    objet: str
    corps: str
    pieces: tuple[Piece, ...] = ()
    autres: tuple[str, ...] = ()

    @property
    def affaires(self) -> tuple[str, ...]:
        """The affaires that it tells of."""
        return (self.affaire, *self.autres)

    @property
    def nom(self) -> str:
        """Its affaires, as people are told of what became of it."""
        return ", ".join(self.affaires)

    @property
    def empreinte(self) -> str:
        """The sha256 of what it says and holds."""
        contenu = [*self.affaires, self.pour, *self.destinataires, self.objet, self.corps]
        contenu += [une.empreinte for une in self.pieces]
        return hashlib.sha256("\0".join(contenu).encode()).hexdigest()

    @property
    def message_id(self) -> str:
        """Its name: the same message has the same, by which it is never sent twice unseen."""
        return f"<{self.affaire}.{self.pour}.{self.empreinte[:16]}@{DOMAINE}>"

    @property
    def donnees(self) -> Donnees:
        """Return what the event that tells it was sent keeps of it."""
        return {
            "destinataire": ", ".join(self.destinataires),
            "objet": self.objet,
            "corps": self.corps,
            "fichiers": [{"nom": une.nom, "sha256": une.empreinte} for une in self.pieces],
        }


def lien(v: Lecture, affaire: Affaire, dits: Sequence[Constat], chemin: str = "/mesures") -> str:
    """Return where those concerned answer in the application, '' while they cannot.

    Every guichet that is told of has an open account, or the organisme has; numéros are read
    there, behind it, and no longer leave by mail.
    """
    adresse, magasin = adresse_publique(), magasin_present(v.dossier.racine)
    if not adresse or magasin is None:
        return ""
    ouverts = [
        un.perimetre for un in Comptes(magasin).lister() if un.ouvert and un.role is Role.GUICHET
    ]
    couverts = frozenset[str]().union(*(p.guichets or () for p in ouverts))
    organismes = frozenset[str]().union(*(p.organismes or () for p in ouverts))
    if affaire.objet not in organismes and not {un.guichet for un in dits} <= couverts:
        return ""
    return f"{adresse}{chemin}?affaire={affaire.id}"


def en_courriel(message: Message, expediteur: str, instant: dt.datetime) -> EmailMessage:
    """Return a message as an electronic mail; its boundaries come from what it says."""
    courriel = EmailMessage()
    courriel["Subject"] = " ".join(message.objet.split())
    courriel["From"] = lire_adresse(expediteur)
    courriel["To"] = [lire_adresse(une) for une in message.destinataires]
    courriel["Date"] = format_datetime(instant)
    courriel["Message-ID"] = message.message_id
    courriel.set_content(message.corps)
    for une in message.pieces:
        lire_numeros(numeros_ouverts(une.octets))  # some are printed by other processes
        genre, sous_genre = TYPES[une.nom.rsplit(".", 1)[1]]
        courriel.add_attachment(une.octets, maintype=genre, subtype=sous_genre, filename=une.nom)
    if courriel.is_multipart():
        courriel.set_boundary(f"==={message.empreinte[:32]}==")
    return courriel


def brouillon(message: Message, service: Service, instant: dt.datetime) -> bytes:
    """Return the .eml that a mail programme opens as a draft, to be sent by a person."""
    adresse = service.contact if "@" in service.contact and " " not in service.contact else ""
    courriel = en_courriel(message, adresse or f"service@{DOMAINE}", instant)
    courriel["X-Unsent"] = "1"
    return courriel.as_bytes()


def lire_adresse(texte: str) -> Address:
    """Return an address as a header takes it; raise Refus when it is none.

    A name of domain with accents is given as the network knows it (« xn--… »).
    """
    try:
        nom, arobase, domaine = texte.rpartition("@")
        return Address(addr_spec=f"{nom}{arobase}{domaine.encode('idna').decode()}")
    except (ValueError, IndexError, MessageError) as erreur:
        raise Refus(
            f"« {texte[:80]} » n'est pas une adresse électronique",
            que_faire="La corriger dans le registre des guichets, ou en donner une autre.",
        ) from erreur

"""Sending by SMTP, when the installation says how: each message leaves once, or it is said.

An intention is written before a message is given to the server, its confirmation after. A death
between the two leaves an affaire « en suspens »: nothing is sent again before a person has said,
by its Message-ID, whether it arrived.
"""

from __future__ import annotations

import base64
import contextlib
import email.policy
import os
import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints, ValidationError

from infocentre.affaires import Affaire, Affaires, Evenement
from infocentre.affaires.gardes import envoi_en_suspens
from infocentre.affaires.modele import ECHOUER, LEVER, PREPARER
from infocentre.contrat.montres import remettre
from infocentre.demarches.message import Message, en_courriel, lire_adresse
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.noyau.francais import minuscule
from infocentre.noyau.temps import jour

T = TypeVar("T")
FICHIER, MOT_DE_PASSE = "messagerie.yml", "INFOCENTRE_SMTP_MOT_DE_PASSE"
SECRET = "messagerie.secret"  # noqa: S105 - the password alone, of mode 0600: in no backup
_Texte = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
ACCEPTE = 400  # codes of SMTP from which a server refuses
# What smtplib says of a server that does not know it.
_INCONNUS = {
    "STARTTLS": "STARTTLS : choisir TLS, souvent au port 465",
    "AUTH": "de nom ni de mot de passe sous ce chiffrement : ôter l'utilisateur, ou chiffrer",
}


class Messagerie(BaseModel):
    """How messages leave: messagerie.yml of the data directory, one field a line.

    `regle_par` is the account that chose the server in the application; none, the machine did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    serveur: _Texte
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    securite: Literal["starttls", "tls", "aucune"] = "starttls"
    expediteur: _Texte
    utilisateur: _Texte | None = None
    secondes: Annotated[int, Field(ge=1, le=600)] = 30
    regle_par: _Texte | None = None
    dossier_rebonds: _Texte | None = None  # where what comes back is delivered, read each day
    _mot_de_passe: str = PrivateAttr("")

    @property
    def mot_de_passe(self) -> str:
        """The password, which is no field: nothing that shows or writes the settings has it."""
        return self._mot_de_passe


def lire_messagerie(racine: Path) -> Messagerie:
    """Return how messages leave; raise Refus when nothing says it, or says it wrong."""
    chemin = racine / FICHIER
    if not chemin.exists():
        raise Refus(
            "aucun serveur de messagerie n'est réglé : rien n'est envoyé d'ici",
            str(chemin),
            "Écrire les messages en .eml (infocentre mesures courriers), les envoyer, puis le dire "
            "avec --canal ; ou régler la messagerie : Réglages, ou infocentre messagerie.",
        )
    try:
        lue = Messagerie.model_validate(lire_yaml(chemin, "une messagerie"))
    except ValidationError as erreur:
        raise refus_champs(erreur, str(chemin), " de la messagerie") from None
    lue._mot_de_passe = lire_mot_de_passe(racine, lue.regle_par)  # noqa: SLF001 - its class
    return lue


def lire_mot_de_passe(racine: Path, regle_par: str | None = None) -> str:
    """Return the password of the mail: that of the environment, else the one that is kept.

    That of the environment is for a server that the machine chose: it goes to no other.
    """
    if not regle_par and (mot := os.environ.get(MOT_DE_PASSE)):
        return mot
    try:
        return (racine / SECRET).read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as erreur:
        quoi = "le mot de passe de la messagerie ne peut pas être lu"
        que_faire = "Le donner de nouveau : Réglages, ou infocentre messagerie."
        raise Refus(quoi, SECRET, que_faire) from erreur


@dataclass(frozen=True, slots=True)
class Bilan:
    """What became of a batch: messages sent, those that were not (why), those in doubt.

    Each is named by the affaires that it tells of.
    """

    envoyees: tuple[str, ...]
    echouees: tuple[tuple[str, str], ...]
    en_suspens: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Empeche:
    """An affaire whose message cannot be written, and why."""

    affaire: str
    raison: str


def preparer_chacun(
    ceux: Iterable[T], preparer: Callable[[T], Message], nommer: Callable[[T], str] = str
) -> Iterator[Message | Empeche]:
    """Yield each message as it is asked for; one that cannot be written stops no other."""
    for un in ceux:
        try:
            yield preparer(un)
        except Refus as refus:
            suite = f" ; {minuscule(refus.que_faire.rstrip('.'))}" if refus.que_faire else ""
            yield Empeche(nommer(un), f"{refus.quoi}{suite}")


Condition = Callable[[sa.Connection], None]


def envoyer(
    registre: Affaires,
    messages: Iterable[Message | Empeche],
    messagerie: Messagerie,
    a_condition: Condition = lambda _: None,
) -> Bilan:
    """Give each message to the server as it comes; return what became of them.

    `a_condition` raises Refus once nothing more may be begun.
    """
    envoyees: list[str] = []
    echouees: list[tuple[str, str]] = []
    en_suspens: list[tuple[str, str]] = []
    with contextlib.ExitStack() as pile:
        ligne = _Ligne(messagerie, pile)
        for un in messages:
            if isinstance(un, Empeche):
                echouees.append((un.affaire, un.raison))
                continue
            try:
                _envoyer_un(registre, un, ligne, a_condition)
            except _Doute as doute:
                en_suspens.append((un.nom, str(doute)))
            except (_NonParti, Refus) as echec:
                echouees.append((un.nom, getattr(echec, "quoi", str(echec))))
            else:
                envoyees.append(un.nom)
    return Bilan(tuple(envoyees), tuple(echouees), tuple(en_suspens))


def _envoyer_un(registre: Affaires, un: Message, ligne: _Ligne, a_condition: Condition) -> None:
    """Write the intention, give the message, write the confirmation: of all its affaires at once.

    Raises:
        Refus: an affaire is not to be told of by it any more; nothing was begun.
    """
    for id_ in un.affaires:
        if suspens := envoi_en_suspens(registre.lire(id_).situation):
            raise _Doute(f"{suspens.donnees['message_id']}, préparé le {jour(suspens.jour)}")
        registre.exiger(id_, un.pour)
    courriel = en_courriel(un, ligne.expediteur, registre.instant)
    intention: dict[str, Any] = {
        "pour": un.pour,
        "message_id": un.message_id,
        "destinataire": ", ".join(un.destinataires),
        "empreinte": un.empreinte,
    }
    if "fichiers" in registre.lire(un.affaire).situation.procedure.regle(PREPARER).donnees:
        intention |= {"fichiers": un.donnees["fichiers"]}
    registre.agir_ensemble(un.affaires, PREPARER, intention, a_condition=a_condition)
    try:
        refuses = ligne.donner(un, courriel)
    except _NonParti as echec:
        registre.agir_ensemble(un.affaires, ECHOUER, {"raison": str(echec)})
        raise
    try:
        _confirmer(registre, un, refuses)
    except Refus as refus:
        raise _Doute(
            f"{un.message_id}, parti sans que cela ait pu être gardé : {refus.quoi}"
        ) from None


def _confirmer(registre: Affaires, un: Message, refuses: Sequence[str]) -> None:
    recus = [une for une in un.destinataires if une not in refuses]
    donnees = un.donnees | {
        "canal": "courriel",
        "message_id": un.message_id,
        "destinataire": ", ".join(recus),
    }
    registre.agir_ensemble(un.affaires, un.pour, donnees)


def lever_le_doute(registre: Affaires, id_: str, *, arrive: bool) -> None:
    """Say whether a message in doubt arrived; when it did, it counts as sent.

    It is said of all the affaires that it tells of.

    Raises:
        Refus: nothing is in doubt.
    """
    affaire = registre.lire(id_)
    suspens = envoi_en_suspens(affaire.situation)
    siennes = _memes(registre, affaire, suspens) if suspens else [id_]
    registre.agir_ensemble(siennes, LEVER, {"arrive": arrive})
    if arrive and suspens:
        donnees: dict[str, Any] = {
            "canal": "courriel",
            "message_id": suspens.donnees["message_id"],
            "destinataire": suspens.donnees["destinataire"],
        }
        if joints := suspens.dit("fichiers"):
            donnees["fichiers"] = joints
        registre.agir_ensemble(siennes, suspens.donnees["pour"], donnees, jour=suspens.jour)


def _memes(registre: Affaires, une: Affaire, suspens: Evenement) -> list[str]:
    """Return the affaires of which the same message is in doubt."""
    autres = registre.lister(
        une.departement, procedure=une.situation.procedure.code, objet=une.objet
    )
    dits = {autre.id: envoi_en_suspens(autre.situation) for autre in autres}
    voulu = suspens.donnees["message_id"]
    return [id_ for id_, un in dits.items() if un and un.donnees["message_id"] == voulu]


class _NonParti(Exception):
    """The server did not take the message: it may be sent again."""


class _Doute(Exception):
    """The line broke while the message was being given: nobody knows whether it was taken."""


class _Ligne:
    """A line to the server, opened again when it breaks between two messages."""

    def __init__(self, messagerie: Messagerie, pile: contextlib.ExitStack) -> None:
        self._messagerie = messagerie
        self._pile = pile
        self._smtp: smtplib.SMTP | None = None
        self._premiere = True

    @property
    def expediteur(self) -> str:
        """The address that sends."""
        return self._messagerie.expediteur

    def donner(self, un: Message, courriel: EmailMessage) -> list[str]:
        """Give a message; return the recipients that the server refused among others."""
        with self._traduire():
            smtp = self._ouvrir()
            self._exiger(smtp.mail(lire_adresse(self.expediteur).addr_spec))
            reponses = {vers: smtp.rcpt(lire_adresse(vers).addr_spec) for vers in un.destinataires}
        refuses = [vers for vers, (code, _) in reponses.items() if code >= ACCEPTE]
        if len(refuses) == len(un.destinataires):
            self._abandonner(smtp)
            raise _NonParti("; ".join(f"{vers} : {_dire(reponses[vers])}" for vers in refuses))
        octets = courriel.as_bytes(policy=email.policy.SMTP)
        try:
            remettre(octets, affaire=un.nom, destinataire=", ".join(un.destinataires))
        except Refus as refus:  # a message whose trace cannot be kept is not given
            self._abandonner(smtp)
            raise _NonParti(refus.quoi) from refus
        try:
            code, dit = smtp.data(octets)
        except smtplib.SMTPDataError as erreur:
            self._abandonner(smtp)
            raise _NonParti(_dire((erreur.smtp_code, erreur.smtp_error))) from erreur
        except (OSError, smtplib.SMTPException) as erreur:
            self._fermer()
            raise _Doute(f"{un.message_id}, liaison coupée pendant l'envoi") from erreur
        if code >= ACCEPTE:
            self._abandonner(smtp)
            raise _NonParti(_dire((code, dit)))
        return refuses

    @contextlib.contextmanager
    def _traduire(self) -> Iterator[None]:
        try:
            yield
        except (OSError, smtplib.SMTPException) as erreur:
            self._fermer()
            raise _NonParti(f"le serveur ne répond pas ou refuse ({_cause(erreur)})") from erreur

    def _ouvrir(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._pile.enter_context(_joindre(self._messagerie))
        return self._smtp

    def _exiger(self, reponse: tuple[int, bytes]) -> None:
        if reponse[0] >= ACCEPTE:
            raise smtplib.SMTPResponseException(*reponse)

    def _abandonner(self, smtp: smtplib.SMTP) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.rset()

    def _fermer(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


@contextlib.contextmanager
def _joindre(m: Messagerie) -> Iterator[smtplib.SMTP]:
    """Open a line: encrypted unless the installation says otherwise."""
    contexte = ssl.create_default_context()
    smtp = (
        smtplib.SMTP_SSL(m.serveur, m.port, timeout=m.secondes, context=contexte)
        if m.securite == "tls"
        else smtplib.SMTP(m.serveur, m.port, timeout=m.secondes)
    )
    try:
        if m.securite == "starttls":
            smtp.starttls(context=contexte)
        smtp.ehlo_or_helo_if_needed()
        if m.utilisateur:
            _se_nommer(smtp, m.utilisateur, m.mot_de_passe)
        yield smtp
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _se_nommer(smtp: smtplib.SMTP, utilisateur: str, mot_de_passe: str) -> None:
    """Give the name and the password; those that are no ASCII in UTF-8, which smtplib does not."""
    if f"{utilisateur}{mot_de_passe}".isascii():
        smtp.login(utilisateur, mot_de_passe)
        return
    plain = "PLAIN" in smtp.esmtp_features.get("auth", "").split()
    dits = [f"\0{utilisateur}\0{mot_de_passe}"] if plain else [utilisateur, mot_de_passe]
    codes = [base64.b64encode(un.encode()).decode() for un in dits]
    for commande in [f"AUTH PLAIN {codes[0]}"] if plain else ["AUTH LOGIN", *codes]:
        code, dit = smtp.docmd(commande)
        if code >= ACCEPTE:
            raise smtplib.SMTPAuthenticationError(code, dit)


def envoyer_un(messagerie: Messagerie, courriel: EmailMessage, vers: str) -> None:
    """Give one mail to the server; raise Refus when it was not taken."""
    try:
        with _joindre(messagerie) as smtp:
            remettre(courriel.as_bytes(), destinataire=vers, sujet=courriel["Subject"])
            de, a = (lire_adresse(un).addr_spec for un in (messagerie.expediteur, vers))
            smtp.send_message(courriel, de, [a])
    except (OSError, smtplib.SMTPException) as erreur:
        raise Refus(
            f"le message n'est pas parti ({_cause(erreur)})",
            vers,
            "Vérifier la messagerie (Réglages), ou le remettre autrement.",
        ) from erreur


def _dire(reponse: tuple[int, bytes | str]) -> str:
    code, dit = reponse
    texte = dit.decode("utf-8", "replace") if isinstance(dit, bytes) else dit
    return f"refusé par le serveur ({code} {' '.join(texte.split())[:120]})"


def _cause(erreur: Exception) -> str:
    if isinstance(erreur, smtplib.SMTPRecipientsRefused):
        return " ; ".join(_dire(reponse) for reponse in erreur.recipients.values())
    if isinstance(erreur, smtplib.SMTPResponseException):
        return _dire((erreur.smtp_code, erreur.smtp_error))
    if isinstance(erreur, smtplib.SMTPNotSupportedError):
        quoi = next((dit for mot, dit in _INCONNUS.items() if mot in str(erreur)), str(erreur))
        return f"le serveur ne connaît pas {quoi}"
    return _de_la_ligne(erreur)


def _de_la_ligne(erreur: Exception) -> str:
    """Say what became of a line to a server that refused nothing by a code."""
    if isinstance(erreur, TimeoutError) or isinstance(erreur.__context__, TimeoutError):
        return "le serveur n'a pas répondu à temps"
    if isinstance(erreur, smtplib.SMTPServerDisconnected):
        return "le serveur a coupé la communication"
    if isinstance(erreur, ssl.SSLError):
        return "le serveur refuse ce chiffrement, ou son certificat n'est pas reconnu"
    if isinstance(erreur, OSError) and not isinstance(erreur, smtplib.SMTPException):
        return "le serveur ne répond pas, ou son nom n'est pas connu"
    return str(erreur) or type(erreur).__name__


def limiter(registre: Affaires, ids: Sequence[str]) -> None:
    """Raise Refus when nothing is to be sent, or more than the installation sends at once."""
    if not ids:
        raise Refus("aucun message n'attend d'être envoyé")
    maximum = registre.lire(ids[0]).reglages["envois_par_lot"]
    if len(ids) > maximum:
        raise Refus(
            f"{len(ids)} messages à envoyer, {maximum} au plus en une fois",
            que_faire="Nommer les affaires à envoyer d'abord.",
        )

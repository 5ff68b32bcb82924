"""Messages that came back: read of what mail servers say (RFC 3464), they mark the address.

A mail is opened in a process with limits. It counts when it names a message of ours, by the
Message-ID that only its recipients know, and an address that this message was sent to: one that
anybody may have forged marks nothing.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import mailbox
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TypedDict

import sqlalchemy as sa

from infocentre.affaires import Affaires
from infocentre.affaires.modele import PREPARER, REVENIR
from infocentre.decisions.magasin import Magasin, lire_lignes
from infocentre.decisions.schema import rebonds
from infocentre.demarches.courriel import ABIME
from infocentre.demarches.message import DOMAINE
from infocentre.demarches.rendus import OCTETS_MAX, lire_octets
from infocentre.noyau.borne import GIGA, demander, repondre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, raison

SECONDES = 20
MOTIF_MAX = 200
COURRIELS_MAX = 2_000  # of a folder, the newest
PAR_RELEVE = 200  # mails that are read at once of the folder of the settings
LUS = "rebonds-lus.json"  # those that were
PAS_UN_AVIS = "ce courriel n'est pas un avis de non-remise"
DESTINATAIRES_MAX = 200  # of a mail
GARDES = dt.timedelta(days=400)
_NOTRE = re.compile(
    rf"<(\d{{2}}[0-9AB]-\d{{4}}-\d{{5}})\.[a-z_]{{1,40}}\.[0-9a-f]{{16}}@{re.escape(DOMAINE)}>"
)


@dataclass(frozen=True, slots=True)
class Rebond:
    """An address that a server says it did not deliver to: why, of which message of ours."""

    adresse: str
    motif: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Refusee:
    """An address that was refused: when it was told, why, of which affaire."""

    adresse: str
    le: dt.datetime
    motif: str
    affaire: str

    @property
    def dite(self) -> str:
        """Return « refusée le 12/11/2026 : boîte inconnue »."""
        return f"refusée le {self.le.astimezone():%d/%m/%Y} : {self.motif}"


class _Demande(TypedDict):
    chemin: str
    nom: str


class _Lu(TypedDict):
    rebonds: list[list[str]]


class _Ecrit(TypedDict):
    adresse: str
    le: dt.datetime
    motif: str
    affaire: str


def lire(octets: bytes, nom: str) -> list[Rebond]:
    """Return the addresses that a mail says were refused, for good; raise Refus when it is none.

    A delay is no refusal: the server still tries.
    """
    trop = Refus(
        "lire ce courriel demande trop de temps ou de mémoire",
        nom,
        "Le lire, et corriger l'adresse.",
    )
    with tempfile.TemporaryDirectory(prefix="infocentre-rebond-") as temporaire:
        recu = Path(temporaire) / "recu"
        recu.write_bytes(octets)
        demande: _Demande = {"chemin": str(recu), "nom": nom}
        lu = demander(__name__, demande, _Lu, secondes=SECONDES, memoire=GIGA, trop=trop)
    return [Rebond(*un) for un in lu["rebonds"]]


def courriels(chemin: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of a mail, of those of a folder (Maildir, or .eml), of an mbox.

    The newest of many; one that is too large is left out, and nothing is moved nor marked as read.
    """
    if chemin.is_dir():
        for un in _du_dossier(chemin):
            yield un.name, un.read_bytes()
    elif _est_un_mbox(chemin):
        with closing(mailbox.mbox(chemin, create=False)) as boite:
            for rang in list(boite.keys())[-COURRIELS_MAX:]:
                yield f"{chemin.name}, {int(rang) + 1}", boite.get_bytes(rang)[:OCTETS_MAX]
    else:
        yield chemin.name, lire_octets(chemin)


def _du_dossier(dossier: Path) -> list[Path]:
    """Return the mails of a folder, the newest of many, the oldest of these first."""
    dossiers = [un for un in (dossier / "new", dossier / "cur") if un.is_dir()] or [dossier]
    fichiers = [un for ou in dossiers for un in ou.iterdir() if un.is_file()]
    recents = sorted(fichiers, key=lambda un: un.lstat().st_mtime)[-COURRIELS_MAX:]
    return [un for un in recents if not un.is_symlink() and un.stat().st_size <= OCTETS_MAX]


def exiger_dossier(racine: Path, dit: str) -> Path:
    """Return a folder of mails, named from the data directory; raise Refus when it is none."""
    dossier = racine / dit
    try:
        next(dossier.iterdir(), None)
    except OSError as erreur:
        absent = isinstance(erreur, FileNotFoundError | NotADirectoryError)
        quoi = "n'existe pas" if absent else f"ne peut pas être lu : {raison(erreur)}"
        raise Refus(
            f"le dossier des avis de non-remise {quoi}",
            dit,
            "Donner un dossier du serveur que l'infocentre peut lire, ou n'en donner aucun.",
        ) from erreur
    return dossier


@dataclass(frozen=True, slots=True)
class Releve:
    """What a folder brought: addresses marked, mails that could not be read and why, those left.

    `restent` are for the next time.
    """

    notees: list[Refusee]
    laisses: list[str]
    restent: int


def relever(racine: Path, dit: str, magasin: Magasin, registre: Affaires) -> Releve:
    """Read what came in the folder of the settings since it was last read, once each.

    A mail that was read is known by its name, which a Maildir never changes but for its flags: an
    address that a person said is right is not marked again by the same notice.

    Raises:
        Refus: the folder cannot be read.
    """
    la = {un.name.partition(":")[0]: un for un in _du_dossier(exiger_dossier(racine, dit))}
    deja = _deja_lus(racine)
    neufs = [nom for nom in la if nom not in deja]
    lus, laisses, faits = list[Rebond](), list[str](), set[str]()
    for nom in neufs[:PAR_RELEVE]:
        try:
            lus += lire(la[nom].read_bytes(), nom)
        except OSError as erreur:  # gone, or not ours to read yet
            laisses.append(f"{nom} : {raison(erreur)}")
            continue
        except Refus as refus:
            if refus.quoi != PAS_UN_AVIS:
                laisses.append(f"{nom} : {refus.quoi}")
        faits.add(nom)
    notees, _ = noter(magasin, registre, lus)
    gardes = sorted((deja | faits) & la.keys())
    ecrire(racine / LUS, json.dumps(gardes, ensure_ascii=False), droits=0o600)
    return Releve(notees, laisses, len(neufs[PAR_RELEVE:]))


def _deja_lus(racine: Path) -> frozenset[str]:
    """Return the names of the mails that were read; none when what was kept is not readable."""
    with suppress(OSError, ValueError):
        lus = json.loads((racine / LUS).read_text("utf-8"))
        return (
            frozenset(un for un in lus if isinstance(un, str))
            if isinstance(lus, list)
            else frozenset()
        )
    return frozenset()


def _est_un_mbox(chemin: Path) -> bool:
    with suppress(OSError), chemin.open("rb") as flux:
        return flux.read(5) == b"From "
    return False


def noter(
    magasin: Magasin, registre: Affaires, lus: Iterable[Rebond]
) -> tuple[list[Refusee], list[Rebond]]:
    """Mark the addresses to which messages of ours came back; return those, and the others."""
    notees: list[Refusee] = []
    autres: list[Rebond] = []
    revenus: list[tuple[str, Rebond]] = []
    for un in lus:
        affaire = _affaire(registre, un)
        if affaire is None:
            autres.append(un)
        else:
            notees.append(Refusee(un.adresse, registre.instant, un.motif, affaire))
            revenus.append((affaire, un))
    with magasin.ecrire() as con:
        con.execute(rebonds.delete().where(rebonds.c.le < registre.instant - GARDES))
        for une in {une.adresse: une for une in notees}.values():
            con.execute(rebonds.delete().where(rebonds.c.adresse == une.adresse))
            con.execute(
                rebonds.insert().values(
                    adresse=une.adresse, le=une.le, motif=une.motif, affaire=une.affaire
                )
            )
    for affaire, un in revenus:
        _dire_a_son_affaire(registre, affaire, un)
    return notees, autres


def _dire_a_son_affaire(registre: Affaires, id_: str, un: Rebond) -> None:
    """Have the affaire keep that its message came back, where its procedure does; once."""
    retour = {"adresse": un.adresse, "motif": un.motif, "message_id": un.message_id}
    situation = registre.lire(id_).situation
    if retour in [dict(dit.donnees) for dit in situation.tous(REVENIR)]:
        return
    connu = REVENIR in situation.procedure.evenements
    if connu and not registre.contre(id_, REVENIR, retour):
        registre.agir(id_, REVENIR, retour)


def _affaire(registre: Affaires, un: Rebond) -> str | None:
    """Return the affaire whose message came back, None when it is not one that was sent there."""
    nomme = _NOTRE.fullmatch(un.message_id)
    if nomme is None:
        return None
    try:
        situation = registre.lire(nomme[1]).situation
    except Refus:
        return None
    for dit in situation.tous(PREPARER):
        if dit.dit("message_id") == un.message_id:
            vers = [une.strip().lower() for une in str(dit.dit("destinataire")).split(",")]
            return nomme[1] if un.adresse in vers else None
    return None


def refusees(magasin: Magasin) -> Mapping[str, Refusee]:
    """Return the addresses that were refused."""
    with magasin.lire() as con:
        return {
            une["adresse"]: Refusee(**une) for une in lire_lignes(con, sa.select(rebonds), _Ecrit)
        }


def lever(magasin: Magasin, adresse: str) -> None:
    """Say that an address is right again."""
    with magasin.ecrire() as con:
        con.execute(rebonds.delete().where(rebonds.c.adresse == adresse))


# --- In the process with limits -------------------------------------------------------------------


def _faire(demande: _Demande) -> _Lu:
    nom = demande["nom"]
    try:
        octets = Path(demande["chemin"]).read_bytes()
        lu = email.message_from_bytes(octets, policy=email.policy.compat32)
        trouves = _rebonds(lu)
    except ABIME as erreur:
        raise Refus("ce courriel est abîmé", nom, "Le lire, et corriger l'adresse.") from erreur
    if trouves is None:
        raise Refus(PAS_UN_AVIS, nom, "Donner celui du serveur (.eml).")
    return {"rebonds": [[un.adresse, un.motif, un.message_id] for un in trouves]}


def _rebonds(lu: Message) -> list[Rebond] | None:
    """Return what a notice refuses, None when it is no notice."""
    etats = [un for un in lu.walk() if un.get_content_type() == "message/delivery-status"]
    if not etats:
        return None
    message_id = _origine(lu)
    trouves: list[Rebond | None] = []
    for un in etats:
        groupes = un.get_payload()
        siens = groupes[:DESTINATAIRES_MAX] if isinstance(groupes, list) else []
        trouves += [_un(groupe, message_id) for groupe in siens if isinstance(groupe, Message)]
    return list(dict.fromkeys(filter(None, trouves)))


def _un(groupe: Message, message_id: str) -> Rebond | None:
    """Return the refusal that the fields of a recipient say, None for a delay or a delivery."""
    if _champ(groupe, "Action").lower() != "failed":
        return None
    adresse = _champ(groupe, "Original-Recipient") or _champ(groupe, "Final-Recipient")
    adresse = adresse.rpartition(";")[2].strip().strip("<>").lower()
    if "@" not in adresse or len(adresse) > 254:  # noqa: PLR2004 - RFC 5321
        return None
    diagnostic = _champ(groupe, "Diagnostic-Code").partition(";")[2] or _champ(groupe, "Status")
    return Rebond(adresse, " ".join(diagnostic.split())[:MOTIF_MAX] or "non remis", message_id)


def _origine(lu: Message) -> str:
    """Return the Message-ID of the message that came back, which the notice joins."""
    for un in lu.walk():
        if un.get_content_type() == "message/rfc822":
            joints: Sequence[object] | object = un.get_payload()
            for joint in joints if isinstance(joints, list) else []:
                if isinstance(joint, Message) and (nom := _champ(joint, "Message-ID")):
                    return nom
        elif un.get_content_type() == "text/rfc822-headers":
            texte = un.get_payload(decode=True)
            entetes = email.message_from_bytes(texte if isinstance(texte, bytes) else b"")
            if nom := _champ(entetes, "Message-ID"):
                return nom
    return ""


def _champ(groupe: Message, nom: str) -> str:
    return str(groupe.get(nom) or "").strip()


if __name__ == "__main__":
    repondre(_faire)

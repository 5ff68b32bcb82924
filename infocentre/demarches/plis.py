"""What is to be sent, of any procedure: messages, each written again the instant that it leaves."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import replace
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.decisions.magasin import magasin_present
from infocentre.demarches import emportes
from infocentre.demarches.envoi import Empeche, preparer_chacun
from infocentre.demarches.envois import Prevu
from infocentre.demarches.face import Face
from infocentre.demarches.message import Message, Pli
from infocentre.demarches.regles import Imprimer, Tenir
from infocentre.lecture.affaires import en_cours
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus

Faces = Mapping[str, Face]  # by procedure


def faces(v: Lecture, registre: Affaires) -> Faces:
    """Return the procedures whose messages leave by mail, before who conducts them."""
    toutes = (Face(v, registre, une) for une in procedures().values())
    return {un.procedure.code: un for un in toutes if un.par_courriel and un.conduit}


def face_de(toutes: Faces, une: Affaire) -> Face:
    """Return the procedure of an affaire; raise Refus when its messages do not leave by mail."""
    face = toutes.get(une.procedure.code)
    if face is None:
        raise Refus("aucun message ne part de cette affaire", f"affaire {une.id}")
    return face


def attendent(toutes: Faces, departement: str, choix: Collection[str] = ()) -> list[Pli]:
    """Return the messages that wait to leave, then the reminders that are due; by name of whom.

    With a choice of affaires, the messages that tell of these, and those that may leave already
    though another thing comes first.
    """
    trouves: list[Pli] = []
    for code, face in toutes.items():
        with suppress(Refus):  # this reader, or this delivery, has nothing of it
            face.regles.exiger(face.v, departement)
            unes = [une for une in en_cours(face.v, departement, code) if face.voit(une)]
            siens = face.plis(face.a_envoyer(unes))
            deja = {id_ for un in siens for id_ in un.ids}
            plus = [une for une in unes if une.id in choix and une.id not in deja]
            trouves += siens + [un for un in face.plis(plus) if not _contre(face, un)]
    if choix:
        trouves = [un for un in trouves if not set(un.ids).isdisjoint(choix)]
    return sorted(trouves, key=lambda un: _ordre(toutes, un))


def _contre(face: Face, pli: Pli) -> bool:
    return any(face.contre(une, pli.pour) for une in pli.affaires)


def _ordre(toutes: Faces, pli: Pli) -> tuple[object, ...]:
    une = pli.affaires[0]
    face = face_de(toutes, une)
    return pli.relance, list(toutes).index(une.procedure.code), face.nom(une), pli.ids


def prevoir(toutes: Faces, ceux: Iterable[Pli], jour: dt.date | None = None) -> list[Prevu]:
    """Return messages as a plan has them; with a day, their words are held to what they are now."""
    prevus = []
    for un in ceux:
        face = face_de(toutes, un.affaires[0])
        vers = face.regles.adresses(face.v, un)
        empreinte = _empreinte(*face.texte(un, jour)) if jour else ""
        prevus.append(Prevu(un.ids, un.pour, face.nom(un.affaires[0]), vers, empreinte))
    return prevus


def _empreinte(objet: str, corps: str) -> str:
    return hashlib.sha256(f"{objet}\0{corps}".encode()).hexdigest()


def relire(toutes: Faces, ids: Sequence[str], pour: str) -> Pli:
    """Return a message by its affaires, as they now are; raise Refus."""
    unes = [next(iter(toutes.values())).registre.lire(id_) for id_ in ids]
    return Pli(pour, tuple(face_de(toutes, une).lire(une.id) for une in unes))


def ecrire(
    toutes: Faces,
    prevus: Sequence[Prevu],
    jour: dt.date,
    imprimer: Imprimer | None = None,
    tenir: Tenir = nullcontext,
) -> Iterator[Message | Empeche]:
    """Yield the messages of a plan as each is asked for, or why one cannot be written."""
    ceux = [(un, relire(toutes, un.affaires, un.pour)) for un in prevus]
    with ExitStack() as pile:
        prets = {}
        for code, face in toutes.items():
            siens = [pli for _, pli in ceux if pli.affaires[0].procedure.code == code]
            imprime = pile.enter_context(face.regles.imprimant(face.v, siens, imprimer, tenir))
            prets[code] = replace(face, imprimer_ailleurs=imprime)
        yield from preparer_chacun(
            ceux,
            lambda deux: _preparer(face_de(prets, deux[1].affaires[0]), *deux, jour),
            lambda deux: ", ".join(deux[0].affaires),
        )


def _preparer(face: Face, un: Prevu, pli: Pli, jour: dt.date) -> Message:
    """Return a message of a plan; raise Refus when it is no longer the one that was read."""
    message = face.message(pli, le=jour)
    if set(message.destinataires) - set(un.vers):
        raise Refus(
            "ses destinataires ont changé depuis qu'il a été relu",
            que_faire="Le relire, puis l'envoyer.",
        )
    if un.empreinte not in {"", _empreinte(message.objet, message.corps)}:
        raise Refus("il a changé depuis qu'il a été relu", que_faire="Le relire, puis l'envoyer.")
    return message


def garder(toutes: Faces, pli: Pli, mots: Mapping[str, str]) -> None:
    """Keep the words of a person (objet, corps) in the place of those of the facts."""
    face = face_de(toutes, pli.affaires[0])
    face.registre.agir_ensemble(pli.ids, face.regles.redige, mots)


def canaux(ceux: Iterable[Pli]) -> list[tuple[str, str]]:
    """Return the ways by which all these messages may leave, the usual one first."""
    choix = [
        un.affaires[0].situation.procedure.regle(un.pour).donnees["canal"].choix for un in ceux
    ]
    communs = choix[0] if choix else {}
    return [(nom, dit) for nom, dit in communs.items() if all(nom in un for un in choix)]


def dire_envoyes(
    toutes: Faces,
    ceux: Iterable[Pli],
    canal: str,
    jour: dt.date | None = None,
    vers: Sequence[str] = (),
) -> list[Affaire]:
    """Say that a person sent messages by another way, with the words that were prepared."""
    dites: list[Affaire] = []
    for un in ceux:
        face = face_de(toutes, un.affaires[0])
        objet, corps = face.texte(un, jour)
        adresses = vers or face.regles.adresses(face.v, un)
        donnees: dict[str, Any] = {
            "canal": canal,
            "destinataire": ", ".join(adresses) if canal == "courriel" else "",
            "objet": objet,
            "corps": corps,
        }
        if connus := _fichiers(face, un, jour):
            donnees["fichiers"] = connus
        dites += face.registre.agir_ensemble(un.ids, un.pour, donnees, jour=jour)
    return dites


def _fichiers(face: Face, un: Pli, jour: dt.date | None) -> list[Any]:
    """Return the files that a person sent with a message, [] when nothing here knows them."""
    if face.regles.joints_figes:
        joints = face.regles.joints(face.v, un, jour or face.registre.aujourdhui, None)
        return [{"nom": j.nom, "sha256": j.empreinte} for j in joints]
    if "fichiers" not in un.affaires[0].situation.procedure.regle(un.pour).donnees:
        return []
    magasin = magasin_present(face.v.dossier.racine)
    return emportes.fichiers(magasin, un) if magasin else []

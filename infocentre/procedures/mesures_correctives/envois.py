"""What is to be sent to organismes: one message each; written again the instant that it leaves."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.registre import MESURES
from infocentre.demarches.envoi import Empeche, preparer_chacun
from infocentre.demarches.envois import Prevu
from infocentre.demarches.message import Message
from infocentre.lecture import affaires as lues
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.mesures_correctives import actes
from infocentre.procedures.mesures_correctives.comptes import compter
from infocentre.procedures.mesures_correctives.fiches import imprimer_les_fiches
from infocentre.procedures.mesures_correctives.message import (
    Imprimer,
    Pli,
    Pour,
    destinataires,
    imprimer_ici,
    plis,
    preparer,
    texte,
)


def a_partir(v: Lecture, departement: str, mois: str, jour: dt.date) -> list[Pli]:
    """Return the messages that wait to leave, then the reminders that are due; by name of whom."""
    attendent = actes.a_envoyer(lues.affaires(v, departement))
    dues = compter(v, departement, mois, jour).relances
    connus = lues.noms(v, departement, mois)
    tous = (*plis(attendent, actes.pour(relance=False)), *plis(dues, actes.pour(relance=True)))
    return sorted(
        tous, key=lambda un: (un.pour != "signaler", connus.get(un.organisme, ""), un.ids)
    )


def prevoir(v: Lecture, ceux: Iterable[Pli], mois: str, jour: dt.date | None = None) -> list[Prevu]:
    """Return messages as a plan has them; with a day, their words are held to what they are now."""
    return [
        Prevu(
            un.ids,
            un.pour,
            _nom(v, un.affaires[0], mois),
            destinataires(v, un),
            _empreinte(*texte(v, un, jour)) if jour else "",
        )
        for un in ceux
    ]


def _empreinte(objet: str, corps: str) -> str:
    return hashlib.sha256(f"{objet}\0{corps}".encode()).hexdigest()


def _nom(v: Lecture, une: Affaire, mois: str) -> str:
    return lues.noms(v, une.departement, mois).get(une.objet, une.objet)


def relire(v: Lecture, ids: Sequence[str], pour: str) -> Pli:
    """Return a message by its affaires, as they now are; raise Refus."""
    voulu: Pour = "relancer" if pour == "relancer" else "signaler"
    return Pli(voulu, tuple(lues.une_affaire(v, id_) for id_ in ids))


def ecrire(
    v: Lecture,
    prevus: Sequence[Prevu],
    jour: dt.date,
    imprimer: Imprimer = imprimer_ici,
    tenir: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Iterator[Message | Empeche]:
    """Yield the messages of a plan as each is asked for, or why one cannot be written."""
    ceux = [(un, relire(v, un.affaires, un.pour)) for un in prevus]
    with imprimer_les_fiches(v, [pli for _, pli in ceux], imprimer, tenir) as imprime:
        yield from preparer_chacun(
            ceux,
            lambda deux: _preparer(v, *deux, jour, imprime),
            lambda deux: ", ".join(deux[0].affaires),
        )


def _preparer(v: Lecture, un: Prevu, pli: Pli, jour: dt.date, imprimer: Imprimer) -> Message:
    """Return a message of a plan; raise Refus when it is no longer the one that was read."""
    message = preparer(v, pli, jour, imprimer=imprimer)
    if set(message.destinataires) - set(un.vers):
        raise Refus(
            "ses destinataires ont changé depuis qu'il a été relu",
            que_faire="Le relire, puis l'envoyer.",
        )
    if un.empreinte not in {"", _empreinte(message.objet, message.corps)}:
        raise Refus("il a changé depuis qu'il a été relu", que_faire="Le relire, puis l'envoyer.")
    return message


def garder(registre: Affaires, pli: Pli, mots: Mapping[str, str]) -> None:
    """Keep the words of a person (objet, corps) in the place of those of the facts."""
    registre.agir_ensemble(pli.ids, "rediger", mots)


def canaux() -> list[tuple[str, str]]:
    """Return the ways by which a message leaves, the usual one first."""
    return list(procedures()[MESURES].evenements["signaler"].donnees["canal"].choix.items())


def dire_envoyes(
    v: Lecture,
    registre: Affaires,
    ceux: Iterable[Pli],
    canal: str,
    jour: dt.date | None = None,
    vers: Sequence[str] = (),
) -> list[Affaire]:
    """Say that a person sent messages by another way, with the words that were prepared."""
    dites: list[Affaire] = []
    for un in ceux:
        objet, corps = texte(v, un, jour or registre.aujourdhui)
        donnees = {
            "canal": canal,
            "destinataire": ", ".join(vers or destinataires(v, un)) if canal == "courriel" else "",
            "objet": objet,
            "corps": corps,
        }
        dites += registre.agir_ensemble(un.ids, un.pour, donnees, jour=jour)
    return dites

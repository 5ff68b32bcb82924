"""Which demande of a person is proposed to be kept, and why: a person chooses.

In this order: one that is being attributed (deleting it would lose the attribution), one that is
recognised DALO, the oldest. Its data are those of the demande that was written last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.lecture.doublons.demandes import Etat, en_attribution, expiration, recence
from infocentre.noyau.temps import jour as ecrire_jour


@dataclass(frozen=True, slots=True)
class Choix:
    """The demande that is proposed, why, what to beware of; `recente` is the one written last."""

    garder: str
    recente: str
    raisons: tuple[str, ...]
    avertissements: tuple[str, ...]


def proposer(demandes: Sequence[Etat], le: dt.date, proche: int) -> Choix:
    """Return the demande to keep among several of a person, on a day.

    `proche`: how many days before it expires one is warned.
    """

    def rang(un: Etat) -> tuple[bool, bool, tuple[dt.date, str]]:
        return not en_attribution(un), not un["nb_dalo"], _anciennete(un)

    return juger(demandes, min(demandes, key=rang)["numero_unique"], le, proche)


def juger(demandes: Sequence[Etat], garder: str, le: dt.date, proche: int) -> Choix:
    """Return why a demande would be kept, whoever chose it, and what to beware of."""
    ancienne = min(demandes, key=_anciennete)
    gardee = next(un for un in demandes if un["numero_unique"] == garder)
    recente = max(demandes, key=lambda un: (*recence(un), un["numero_unique"]))
    return Choix(
        garder,
        recente["numero_unique"],
        tuple(_raisons(gardee, ancienne, recente)),
        tuple(_avertissements(demandes, gardee, ancienne, le, proche)),
    )


def _anciennete(un: Etat) -> tuple[dt.date, str]:
    return un["date_creation"], un["numero_unique"]


def _raisons(gardee: Etat, ancienne: Etat, recente: Etat) -> list[str]:
    dites = []
    if en_attribution(gardee):
        dites.append("en cours d'attribution : la supprimer ferait perdre l'attribution")
    if gardee["nb_dalo"]:
        dites.append("reconnue DALO : ce droit ne se perd pas")
    if gardee is ancienne:
        dites.append(f"la plus ancienne, déposée le {ecrire_jour(gardee['date_creation'])}")
    if gardee is recente:
        dites.append(f"ses données sont les plus récentes ({ecrire_jour(recence(gardee)[0])})")
    return dites


def _avertissements(
    demandes: Sequence[Etat], gardee: Etat, ancienne: Etat, le: dt.date, proche: int
) -> list[str]:
    dits = []
    autres = [un for un in demandes if un is not gardee]
    if any(map(en_attribution, autres)):
        dits.append(
            "Une demande à supprimer est en cours d'attribution : attendre la fin de l'attribution."
        )
    if not gardee["nb_dalo"] and any(un["nb_dalo"] for un in autres):
        dits.append("Une demande à supprimer est reconnue DALO : reporter cette reconnaissance.")
    if gardee is not ancienne:
        dits.append(f"Ancienneté à reporter : dépôt du {ecrire_jour(ancienne['date_creation'])}.")
    if (fin := expiration(gardee)) <= le + dt.timedelta(days=proche):
        quand = "a expiré" if fin < le else "expire"
        dits.append(
            f"La demande à conserver {quand} le {ecrire_jour(fin)} : la faire renouveler d'abord."
        )
    return dits

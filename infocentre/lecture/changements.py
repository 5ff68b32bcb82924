"""What guichets say has changed of themselves: the list to publish shows it once it is accepted."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, cast

from infocentre.affaires import Affaire
from infocentre.lecture.affaires import toutes
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import liste_publique
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Guichet
from infocentre.noyau.francais import simplifier

PROCEDURE, COORDONNEES = "changements", "coordonnees"
ACCEPTES = "acceptes"  # what counts call the event that accepts one


class Changement(NamedTuple):
    """A field of the register, its new value, since which day."""

    guichet: str
    champ: str
    valeur: str
    depuis: dt.date


def changement(une: Affaire) -> Changement:
    """Return what an affaire says has changed: from the day it says, or that of its telling."""
    s = une.situation
    dit = s.dite("a_compter_du")
    depuis = dt.date.fromisoformat(dit) if dit else s.evenements[0].jour
    return Changement(une.objet, str(s.dite("change")), str(s.dite("valeur")).strip(), depuis)


def meme(avant: str, apres: str) -> bool:
    """Tell whether two ways of writing say the same: case, accents and signs apart."""
    return _nu(avant) == _nu(apres)


def _nu(texte: str) -> str:
    return "".join(un for un in simplifier(texte) if un.isalnum())


def acceptes(v: Lecture, departement: str, jour: dt.date) -> list[Changement]:
    """Return the changes that were accepted, that hold on a day, and that no delivery shows yet."""
    return [
        dit
        for une in toutes(v, departement, PROCEDURE)
        if not une.situation.finie
        if any(une.situation.procedure.regle(un.nom).compte == ACCEPTES
               for un in une.situation.evenements)
        if (dit := changement(une)).depuis <= jour
    ]  # fmt: skip


def liste_a_publier(v: Lecture, filtres: Filtres, jour: dt.date) -> list[Guichet]:
    """Return the public list with the changes that hold on a day."""
    dits: dict[str, dict[str, str]] = {}
    for un in acceptes(v, filtres.departement, jour):
        dits.setdefault(un.guichet, {})[un.champ] = un.valeur
    return [
        cast("Guichet", {**une, **dits.get(une["guichet"], {})})
        for une in liste_publique(v, filtres)
    ]


class Confirmees(NamedTuple):
    """How many guichets have coordinates that someone confirmed, within so many days."""

    guichets: int
    jours: int


def confirmees(
    v: Lecture, filtres: Filtres, arrete: dt.date, connue_le: dt.date | None = None
) -> Confirmees | None:
    """Return them for an arrêté, as they were known on a day if any; None while nobody follows any.

    What is confirmed after the arrêté counts: an edition is of later than its data.
    """
    unes = toutes(v, filtres.departement, COORDONNEES)
    lues = [lue for une in unes if (lue := une.au(connue_le) if connue_le else une)]
    if not lues:
        return None
    jours = lues[-1].reglages["validite"]
    publies = {un["guichet"] for un in liste_publique(v, filtres)}
    dites = {une.objet: str(une.situation.dite("confirmees_le") or "") for une in lues}
    depuis = (arrete - dt.timedelta(days=jours)).isoformat()
    return Confirmees(sum(un in publies and le > depuis for un, le in dites.items()), jours)

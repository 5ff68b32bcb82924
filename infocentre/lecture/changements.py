"""What guichets say has changed of themselves: the list to publish shows it once it is accepted."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, cast

from infocentre.affaires import Affaire
from infocentre.lecture.affaires import toutes
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import ferme_le, liste_publique
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Guichet
from infocentre.noyau.francais import simplifier

PROCEDURE = "changements"
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


def accepte(une: Affaire) -> bool:
    """Tell whether a change was accepted."""
    s = une.situation
    return any(s.procedure.regle(un.nom).compte == ACCEPTES for un in s.evenements)


def acceptes(v: Lecture, departement: str, jour: dt.date) -> list[Changement]:
    """Return the changes that were accepted, that hold on a day, and that no delivery shows yet."""
    return [
        dit
        for une in toutes(v, departement, PROCEDURE)
        if not une.situation.finie
        if accepte(une)
        if (dit := changement(une)).depuis <= jour
    ]


def liste_a_publier(v: Lecture, filtres: Filtres, jour: dt.date) -> list[Guichet]:
    """Return the public list of a day: with the changes that hold, without who has closed."""
    dits: dict[str, dict[str, str]] = {}
    for un in acceptes(v, filtres.departement, jour):
        dits.setdefault(un.guichet, {})[un.champ] = un.valeur
    return [
        cast("Guichet", {**une, **dits.get(une["guichet"], {})})
        for une in liste_publique(v, filtres)
        if ferme_le(une, jour) is None
    ]

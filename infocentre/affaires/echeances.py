"""Deadlines: calendar days for the law, working days for ours, suspended while one is granted."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass

from dateutil.easter import easter

from infocentre.affaires.modele import Compte, Delai
from infocentre.affaires.situation import Evenement, Situation

SAMEDI = 5
# Month and day of the public holidays; then the days after Easter of the others.
_FIXES = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_APRES_PAQUES = (1, 39, 50)


@dataclass(frozen=True, slots=True)
class Echeance:
    """A day by which something is due in an affaire, and the event that is proposed from then on.

    `rang` counts the occurrences of its start: with the affaire and the nature, it names the
    reminder, the same whenever it is computed.
    """

    nature: str
    titre: str
    due: dt.date
    rang: int
    propose: str | None = None


def ajouter(jour: dt.date, jours: int, compte: Compte = "calendaires") -> dt.date:
    """Return the day so many days later; one that falls on a day off waits for the next one.

    Working days leave out week-ends and France's public holidays; so does the last calendar day,
    as a délai that ends on one is carried to the next working day.
    """
    if compte == "calendaires":
        fin = jour + dt.timedelta(days=jours)
    else:
        fin = jour
        for _ in range(jours):
            fin = _suivant(fin)
    return fin if _ouvre(fin) else _suivant(fin)


def _suivant(jour: dt.date) -> dt.date:
    jour += dt.timedelta(days=1)
    while not _ouvre(jour):
        jour += dt.timedelta(days=1)
    return jour


def _ouvre(jour: dt.date) -> bool:
    return jour.weekday() < SAMEDI and jour not in _feries(jour.year)


@functools.lru_cache(maxsize=64)
def _feries(annee: int) -> frozenset[dt.date]:
    """Return the public holidays of a year, from 2008 on (Code du travail, L. 3133-1)."""
    paques = easter(annee)
    mobiles = (paques + dt.timedelta(days=apres) for apres in _APRES_PAQUES)
    return frozenset((*mobiles, *(dt.date(annee, mois, jour) for mois, jour in _FIXES)))


def echeances(situation: Situation, reglages: Mapping[str, int]) -> list[Echeance]:
    """Return the deadlines that run in an affaire, the nearest first."""
    delais = situation.procedure.delais.items()
    toutes = [_echeance(situation, nom, un, reglages) for nom, un in delais]
    return sorted(filter(None, toutes), key=lambda une: (une.due, une.nature))


def _echeance(
    situation: Situation, nature: str, delai: Delai, reglages: Mapping[str, int]
) -> Echeance | None:
    debut = situation.dernier(*delai.depuis)
    if situation.etat not in delai.dans or debut is None:
        return None
    if situation.depuis(debut, *delai.annule_par):
        return None
    due = _terme(situation, debut, delai, reglages)
    rang = len(situation.tous(*delai.depuis))
    return Echeance(nature, delai.titre, due, rang, delai.propose)


def terme(situation: Situation, nature: str, reglages: Mapping[str, int]) -> dt.date | None:
    """Return the day a deadline falls on, whatever the state and what came since; None unbegun."""
    delai = situation.procedure.delais[nature]
    debut = situation.dernier(*delai.depuis)
    return _terme(situation, debut, delai, reglages) if debut else None


def _terme(
    situation: Situation, debut: Evenement, delai: Delai, reglages: Mapping[str, int]
) -> dt.date:
    due = ajouter(debut.jour, reglages[delai.reglage], delai.compte)
    for accord in situation.depuis(debut, *delai.suspendu_par):
        due = ajouter(due, suspension(accord))
    if repit := delai.au_moins:
        for suite in situation.depuis(debut, repit.depuis):
            due = max(due, ajouter(suite.jour, reglages[repit.reglage], delai.compte))
    return due


def suspension(accord: Evenement) -> int:
    """Return the days that an event grants: from its own to the one it says."""
    jusqu_au = accord.donnees.get("jusqu_au")
    if not jusqu_au:
        return 0
    return max(0, (dt.date.fromisoformat(jusqu_au) - accord.jour).days)


def jours_comptes(situation: Situation, debut: Evenement, jour: dt.date, *accords: str) -> int:
    """Return the days from an event to a day, without those that later events granted."""
    accordes = sum(suspension(un) for un in situation.depuis(debut, *accords))
    return (jour - debut.jour).days - accordes

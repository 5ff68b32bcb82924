"""Deadlines: calendar days for the law, working days for ours, suspended while one is granted."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from infocentre.affaires.modele import Compte, Delai
from infocentre.affaires.situation import Evenement, Situation

SAMEDI = 5
UN_JOUR = dt.timedelta(days=1)
# Month and day of the public holidays; then the days after Easter of the others.
_FIXES = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_APRES_PAQUES = (1, 39, 50)
# Those of some départements: L. 3134-13 (Alsace, Moselle: Good Friday, 26 December) and L. 3422-2
# of the Code du travail (the abolition of slavery).
_VENDREDI_SAINT = -2
_ALSACE_MOSELLE = frozenset({"057", "067", "068"})
_LOCAUX = {
    **dict.fromkeys(_ALSACE_MOSELLE, (12, 26)),
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}


@dataclass(frozen=True, slots=True)
class Echeance:
    """A day by which something is due in an affaire, and the event that is proposed from then on.

    `rang` counts the occurrences of its start: with the affaire and the nature, it names the
    reminder, the same whenever it is computed. `a_terme` happens by itself once the day is past;
    an `alerte` asks nothing of anyone.
    """

    nature: str
    titre: str
    due: dt.date
    rang: int
    propose: str | None = None
    a_terme: str | None = None
    alerte: bool = False


def ajouter(
    jour: dt.date, jours: int, compte: Compte = "calendaires", departement: str = ""
) -> dt.date:
    """Return the day so many days later; one that falls on a day off waits for the next one.

    Working days leave out week-ends and the public holidays of the département; so does the last
    calendar day, as a délai that ends on one is carried to the next working day.
    """
    if compte == "calendaires":
        return _reporter(jour + dt.timedelta(days=jours), departement)
    fin = jour
    for _ in range(jours):
        fin = _reporter(fin + UN_JOUR, departement)
    return _reporter(fin, departement)


def veille_ouvree(jour: dt.date, departement: str) -> dt.date:
    """Return the last working day before a day."""
    return _reporter(jour - UN_JOUR, departement, -UN_JOUR)


def _reporter(jour: dt.date, departement: str, pas: dt.timedelta = UN_JOUR) -> dt.date:
    """Return a day, or the next working one; before it when `pas` goes back."""
    while jour.weekday() >= SAMEDI or jour in _feries(jour.year, departement):
        jour += pas
    return jour


@functools.lru_cache(maxsize=256)
def _feries(annee: int, departement: str) -> frozenset[dt.date]:
    """Return the public holidays of a year, from 2008 on (Code du travail, L. 3133-1)."""
    paques, fixes, mobiles = easter(annee), list(_FIXES), list(_APRES_PAQUES)
    if departement in _LOCAUX:
        fixes.append(_LOCAUX[departement])
    if departement in _ALSACE_MOSELLE:
        mobiles.append(_VENDREDI_SAINT)
    return frozenset(
        [
            *(paques + dt.timedelta(days=apres) for apres in mobiles),
            *(dt.date(annee, mois, jour) for mois, jour in fixes),
        ]
    )


def echeances(situation: Situation, reglages: Mapping[str, int]) -> list[Echeance]:
    """Return the deadlines that run in an affaire, the nearest first."""
    delais = situation.procedure.delais.items()
    toutes = [_echeance(situation, nom, un, reglages) for nom, un in delais]
    return sorted(filter(None, toutes), key=lambda une: (une.due, une.nature))


def tenues(
    situation: Situation, reglages: Mapping[str, int], depuis: dt.date
) -> Iterator[tuple[Echeance, dt.date]]:
    """Yield the deadlines that were met from a day on, each with the day on which it was.

    It is met by what it proposes (or, where it proposes nothing, by what its state says comes next)
    or by what ends it: one that moves, or that falls with the rest, is not.
    """
    if not situation.evenements or situation.evenements[-1].jour < depuis:
        return
    avant = Situation(situation.procedure, departement=situation.departement)
    for un in situation.evenements:
        apres = avant.apres(un)
        if avant.etat and un.jour >= depuis:
            suite = avant.procedure.etats[avant.etat].suite
            courent = {e.nature for e in echeances(apres, reglages)}
            for e in echeances(avant, reglages):
                par = {e.propose or suite, *avant.procedure.delais[e.nature].annule_par}
                if un.nom in par and e.nature not in courent and not (e.alerte or e.a_terme):
                    yield e, un.jour
        avant = apres


def _echeance(
    situation: Situation, nature: str, delai: Delai, reglages: Mapping[str, int]
) -> Echeance | None:
    debut = _debut(situation, delai)
    if situation.etat not in delai.dans or debut is None:
        return None
    if situation.depuis(debut, *delai.annule_par):
        return None
    if delai.fois > 1 and len(situation.depuis(debut, str(delai.a_terme))) >= delai.fois:
        return None
    due = _terme(situation, debut, delai, reglages)
    rang = len(situation.tous(*delai.depuis))
    return Echeance(nature, delai.titre, due, rang, delai.propose, delai.a_terme, delai.alerte)


def _debut(situation: Situation, delai: Delai) -> Evenement | None:
    """Return the event that a deadline counts from: the last one, of those that carry its date."""
    dits = situation.tous(*delai.depuis)
    dates = [un for un in dits if delai.donnee is None or un.donnees.get(delai.donnee)]
    if not dates and delai.sans_donnee:
        dates = dits
    return dates[-1] if dates else None


def terme(situation: Situation, nature: str, reglages: Mapping[str, int]) -> dt.date | None:
    """Return the day a deadline falls on, whatever the state and what came since; None unbegun."""
    delai = situation.procedure.delais[nature]
    debut = _debut(situation, delai)
    return _terme(situation, debut, delai, reglages) if debut else None


def _terme(
    situation: Situation, debut: Evenement, delai: Delai, reglages: Mapping[str, int]
) -> dt.date:
    ici = situation.departement
    dite = debut.donnees.get(delai.donnee) if delai.donnee else None
    if delai.donnee is not None and dite is None:
        due = ajouter(debut.jour, reglages[str(delai.sans_donnee)], departement=ici)
    else:
        jour = dt.date.fromisoformat(str(dite)) if dite else debut.jour
        passees = len(situation.depuis(debut, str(delai.a_terme))) if delai.fois > 1 else 0
        pas = reglages[delai.reglage] if delai.reglage else 0
        due = _compter(jour, pas * (passees + 1), delai, ici)
    for accord in situation.depuis(debut, *delai.suspendu_par):
        due = ajouter(due, suspension(accord), departement=ici)
    if repit := delai.au_moins:
        for suite in situation.depuis(debut, repit.depuis):
            due = max(due, ajouter(suite.jour, reglages[repit.reglage], delai.compte, ici))
    return due


def _compter(jour: dt.date, nombre: int, delai: Delai, departement: str) -> dt.date:
    """Return the end of a deadline: one that ends on a day off waits for the next working day.

    One of no day is the day itself; what is counted back, or comes back, is what it is.
    """
    if not nombre:
        return jour
    if delai.compte == "ouvres":
        return ajouter(jour, nombre, delai.compte, departement)
    pas = relativedelta(
        days=nombre if delai.unite == "jours" else 0,
        months=nombre if delai.unite == "mois" else 0,
        years=nombre if delai.unite == "annees" else 0,
    )
    due: dt.date = jour - pas if delai.sens == "avant" else jour + pas
    return due if delai.sens == "avant" or delai.fois > 1 else _reporter(due, departement)


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

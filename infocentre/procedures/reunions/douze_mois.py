"""All that has a date in the twelve months to come, from the procedures themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from dateutil.relativedelta import relativedelta

from infocentre.affaires import procedures
from infocentre.demarches.regles import regles_de
from infocentre.lecture.accueil import attente
from infocentre.lecture.affaires import en_cours
from infocentre.lecture.conventions import conventions
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accorder
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.redaction import Contenu

MOIS = 12


class Date(NamedTuple):
    """Something that is due: on which day, of which procedure, what and of whom."""

    le: dt.date
    de: str
    quoi: str
    qui: str


@dataclass(frozen=True)
class Calendrier(Contenu):
    """The names of its text."""

    modele: ClassVar[str] = "procedures/reunions/textes/calendrier.md"

    liste: Tableau | None
    jusqu_au: dt.date
    retards: int


def dates(v: Lecture, departement: str, le: dt.date) -> list[Date]:
    """Return what is due within twelve months of a day, or late already, the first one first."""
    fin = le + relativedelta(months=MOIS)
    toutes = [*_des_procedures(v, departement), *_des_conventions(v, departement, le)]
    if attendue := attente(v, departement, le).attendue:
        toutes.append(Date(attendue, "Livraisons", "Livraison attendue", ""))
    return sorted(une for une in toutes if une.le <= fin)


def _des_procedures(v: Lecture, departement: str) -> Iterator[Date]:
    for code, procedure in procedures().items():
        regles = regles_de(code)
        for une in en_cours(v, departement, code):
            for echeance in une.echeances:
                if not echeance.alerte:
                    # No numéro: the affaire says enough.
                    nom = une.id if procedure.objet_type == "demande" else regles.nom(v, une)
                    yield Date(echeance.due, procedure.titre, echeance.titre, nom)


def _des_conventions(v: Lecture, departement: str, le: dt.date) -> Iterator[Date]:
    """Yield the terms of the register that are to come: those that passed are told apart."""
    for une in conventions(v, departement, le):
        if une.terme and une.terme > le and not une.affaire:
            yield Date(une.terme, "Conventions", "Terme de la convention", une.nom)


def calendrier(v: Lecture, departement: str, le: dt.date) -> Calendrier:
    """Return the calendar of twelve months, as it is printed on a day."""
    siennes = dates(v, departement, le)
    lignes = tuple(
        (
            Cellule(une.le),
            Cellule(_dire((une.le - le).days)),
            Cellule(une.de),
            Cellule(une.quoi),
            Cellule(une.qui),
        )
        for une in siennes
    )
    colonnes = (Colonne("Le", "date"), *map(Colonne, ("Dans", "De", "Quoi", "Qui")))
    return Calendrier(
        Tableau("calendrier", "", colonnes, lignes) if lignes else None,
        le + relativedelta(months=MOIS),
        sum(une.le < le for une in siennes),
    )


def _dire(jours: int) -> str:
    if jours < 0:
        return f"en retard de {accorder(-jours, 'jour')}"
    return f"J−{jours}" if jours else "aujourd'hui"

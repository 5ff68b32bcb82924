"""The calendar of the twelve months to come, as it is printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from dateutil.relativedelta import relativedelta

from infocentre.demarches.calendrier import MOIS, TARD, Date
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.redaction import Contenu


@dataclass(frozen=True)
class Calendrier(Contenu):
    """The names of its text."""

    modele: ClassVar[str] = "procedures/reunions/textes/calendrier.md"

    liste: Tableau | None
    jusqu_au: dt.date
    retards: int


def imprime(lues: Sequence[Date], le: dt.date) -> Calendrier:
    """Return what has a date, as it is printed on a day."""
    lignes = tuple(
        (
            Cellule(une.le),
            Cellule(une.dans(le)),
            Cellule(une.de),
            Cellule(une.quoi),
            Cellule(une.qui),
            Cellule(une.manque),
        )
        for une in lues
    )
    textes = ("Dans", "De", "Quoi", "Qui", "Ce qui manque")
    colonnes = (Colonne("Le", "date"), *map(Colonne, textes))
    return Calendrier(
        Tableau("calendrier", "", colonnes, lignes) if lignes else None,
        le + relativedelta(months=MOIS),
        sum(une.etat(le) == TARD for une in lues),
    )

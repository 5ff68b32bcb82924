"""The calendar of the twelve months to come, as it is printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from dateutil.relativedelta import relativedelta

from infocentre.demarches.calendrier import MOIS, TARD, Date
from infocentre.restitutions.document import Colonne, Tableau
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
    return Calendrier(
        Tableau.dresser(
            "calendrier",
            "",
            lues,
            (Colonne("Le", "date"), lambda une: une.le),
            ("Dans", lambda une: une.dans(le)),
            ("De", lambda une: une.de),
            ("Quoi", lambda une: une.quoi),
            ("Qui", lambda une: une.qui),
            ("Ce qui manque", lambda une: une.manque),
        ).ou_rien,
        le + relativedelta(months=MOIS),
        sum(une.etat(le) == TARD for une in lues),
    )

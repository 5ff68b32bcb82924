"""What tells a figure that cannot be calculated from one of which nothing happened."""

from __future__ import annotations

from typing import Literal

from infocentre.lecture.commun import catalogue, valeurs
from infocentre.restitutions.lecture import Edition

Quoi = Literal["depots", "attributions"]
# The denominator over a population is 0 when there was none. A deposit on the portal is in no
# indicator, but then the table of deposits has its month.
_TEMOINS: dict[Quoi, tuple[str, Literal["denominateur", "denominateur_12m"]]] = {
    "depots": ("creations", "denominateur"),
    "attributions": ("attributions", "denominateur_12m"),
}


def aucun(edition: Edition, quoi: Quoi) -> bool:
    """Tell whether there was none: in the month for deposits, in 12 months for attributions."""
    population, colonne = _TEMOINS[quoi]
    code = catalogue().temoin(population)
    if code is None:
        return False
    lues = valeurs(
        edition.v, edition.departement, edition.mois, niveau="departement", guichet="*", code=code
    )
    return [une[colonne] for une in lues] == [0]

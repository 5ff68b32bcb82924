"""What its sections share: as much of a list as its place allows, what did not happen at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from infocentre.lecture.commun import catalogue, valeurs
from infocentre.noyau.etats import SIGNIFICATIFS, Etat, en_sql
from infocentre.restitutions.lecture import Edition

T = TypeVar("T")
Quoi = Literal["depots", "attributions"]
# The denominator over a population is 0 when there was none. A deposit on the portal is in no
# indicator, but then the table of deposits has its month.
_TEMOINS: dict[Quoi, tuple[str, Literal["denominateur", "denominateur_12m"]]] = {
    "depots": ("creations", "denominateur"),
    "attributions": ("attributions", "denominateur_12m"),
}


def tenir(
    choses: Iterable[T], longueur: Callable[[T], int], nombre: int, signes: int
) -> tuple[T, ...]:
    """Return the first ones, at most `nombre`, of `signes` letters together; one at least.

    No name is cut: two pages are enough.
    """
    retenues: list[T] = []
    reste = signes
    for une in choses:
        reste -= longueur(une)
        if len(retenues) == nombre or (retenues and reste < 0):
            break
        retenues.append(une)
    return tuple(retenues)


def juges(edition: Edition) -> bool:
    """Tell whether a guichet is judged of anything: none is without a type, or without the data."""
    ((n,),) = edition.v.tuples(
        "SELECT count(*) FROM valeurs WHERE departement = $departement AND mois = $mois "
        f"AND niveau = 'guichet' AND etat IN {en_sql((*SIGNIFICATIFS, Etat.EFFECTIF_INSUFFISANT))}",
        {"departement": edition.departement, "mois": edition.mois},
    )
    return bool(n)


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

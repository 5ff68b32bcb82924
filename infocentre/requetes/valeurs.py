"""Values on their way to the process of a query and back: JSON, and what JSON has no type for."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from infocentre.requetes.modele import Colonne, RequeteRefusee

Lecteur = Callable[[Any], Any]
_LECTEURS: tuple[tuple[str, Lecteur], ...] = (
    ("TIMESTAMP", dt.datetime.fromisoformat),
    ("DATE", dt.date.fromisoformat),
    ("TIME", dt.time.fromisoformat),
    ("DECIMAL", Decimal),
)


def en_json(nom: str, valeur: object) -> object:
    """Return the value of a parameter as JSON carries it; raise RequeteRefusee for the others."""
    if valeur is None or isinstance(valeur, bool | int | float | str):
        return valeur
    if isinstance(valeur, dt.date):
        return {"date": valeur.isoformat()[:10]}
    if isinstance(valeur, Decimal):
        return float(valeur)
    if isinstance(valeur, list | tuple):
        return [en_json(nom, une) for une in valeur]
    raise RequeteRefusee("parametre", f"${nom} : ni texte, ni nombre, ni date")


def lecteur_de_lignes(colonnes: Sequence[Colonne]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return what makes Python values of a row, by the types of its columns.

    Nested values, intervals, identifiers and bytes (in hexadecimal) stay as they were carried.
    """
    lecteurs = [(rang, _lecteur(colonne.type)) for rang, colonne in enumerate(colonnes)]
    utiles = [(rang, lecteur) for rang, lecteur in lecteurs if lecteur is not None]

    def lire(ligne: Sequence[Any]) -> tuple[Any, ...]:
        valeurs = list(ligne)
        for rang, lecteur in utiles:
            if valeurs[rang] is not None:
                # A date beyond the year 9999 stays a text.
                with contextlib.suppress(ValueError, TypeError, ArithmeticError):
                    valeurs[rang] = lecteur(valeurs[rang])
        return tuple(valeurs)

    return lire


def _lecteur(type_: str) -> Lecteur | None:
    if type_.endswith("]"):
        return None
    return next((lecteur for debut, lecteur in _LECTEURS if type_.startswith(debut)), None)

"""A cell as people read it, in any form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from infocentre.exports import ETATS
from infocentre.noyau.francais import A_PEU_PRES, approche, entier, nombre, pourcentage, signee
from infocentre.restitutions.document import ETATS_SIGNES, Cellule, Colonne, Document, Tableau

MASQUE = "s"
NOTE_MASQUE = "s : nombre masqué par le secret statistique, ou chiffre qui le révélerait."
NOTE_ARRONDI = f"{A_PEU_PRES} : taux à un point près au plus, dont les nombres sont masqués."


def ecrire(cellule: Cellule, colonne: Colonne) -> str:
    """Return the value of a cell as people read it, '' when there is none."""
    if cellule.valeur is None:
        return "" if cellule.etat in ETATS_SIGNES else ETATS.get(cellule.etat or "", "–")
    if cellule.arrondie and isinstance(cellule.valeur, float):
        return approche(cellule.valeur)
    genre = "texte" if isinstance(cellule.valeur, str) else colonne.genre
    return _ECRIRE.get(genre, _texte)(cellule.valeur, colonne.decimales)


def note_masque(dit: Tableau | Document) -> str:
    """Return what « s » and « ≈ » mean, '' where neither stands."""
    notes = ((dit.masque, NOTE_MASQUE), (dit.arrondi, NOTE_ARRONDI))
    return " ".join(note for est_dite, note in notes if est_dite)


def arrondir(valeur: float, colonne: Colonne) -> float:
    """Return a number with the digits that people read: the others would tell what it is out of.

    A ratio is rounded as it is written, in percent: 47 of 400 is 11,8 %, and not 11,7 %.
    """
    if isinstance(valeur, int):
        return valeur
    if colonne.genre in {"taux", "evolution"}:
        return round(round(100 * valeur, colonne.decimales) / 100, colonne.decimales + 2)
    return round(valeur, colonne.decimales)


def _texte(valeur: object, _: int) -> str:
    if isinstance(valeur, dt.date):
        return f"{valeur:%d/%m/%Y}"
    return entier(valeur) if isinstance(valeur, int) else str(valeur)


def lettre(etat: str | None) -> str:
    """Return the sign of a state as a letter, so that it is seen without its colour; or ''."""
    return ETATS[etat][0] if etat in ETATS_SIGNES else ""


_ECRIRE: dict[str, Callable[[Any, int], str]] = {
    "nombre": lambda valeur, _: entier(valeur),
    "decimal": nombre,
    "taux": pourcentage,
    "evolution": signee,
}

"""How an organisme is called: the register names its guichets, and not the organisme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from infocentre.noyau.francais import clef_de_tri


class Inscrit(TypedDict):
    """What names a guichet in the register."""

    guichet: str
    nom: str | None
    organisme: str


def noms_organismes(guichets: Iterable[Inscrit]) -> dict[str, str]:
    """Name each organisme after what all its guichets' names begin with before « – ».

    Where they share nothing, after its first guichet in the order of names.
    """
    noms: dict[str, list[str]] = {}
    for une in guichets:
        noms.setdefault(une["organisme"], []).append(une["nom"] or une["guichet"])
    return {cle: _nom_commun(siens) for cle, siens in noms.items()}


def _nom_commun(noms: list[str]) -> str:
    premier = min(noms, key=clef_de_tri)
    commun = premier.split(" – ")[0]
    return commun if all(nom.split(" – ")[0] == commun for nom in noms) else premier

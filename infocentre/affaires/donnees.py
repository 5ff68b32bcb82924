"""What an event carries, checked against what its procedure declares of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from infocentre.affaires.modele import Donnee, Transition, TypeDonnee
from infocentre.noyau.erreurs import Refus

TEXTE_MAX = 100_000


def verifier(regle: Transition, donnees: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event carries, without what is empty; raise Refus that names each fault."""
    dites = {nom: un for nom, un in donnees.items() if un not in (None, "", [])}
    fautes = [f"« {nom} » n'est pas attendu" for nom in dites if nom not in regle.donnees]
    for nom, attendue in regle.donnees.items():
        if nom not in dites:
            if attendue.requis:
                fautes.append(f"il manque « {attendue.titre} »")
        elif faute := _faute(attendue, dites[nom]):
            fautes.append(f"« {attendue.titre} » : {faute}")
    if fautes:
        raise Refus(" ; ".join(fautes), regle.titre, "Compléter ou corriger, puis recommencer.")
    return dites


def _faute(attendue: Donnee, valeur: Any) -> str:  # noqa: ANN401 - what a person or a file gives
    convient, dit = _TYPES[attendue.type]
    if not convient(valeur):
        return f"{dit} est attendu"
    if attendue.type == "choix" and valeur not in attendue.choix:
        return f"« {valeur} » n'est pas l'un de {', '.join(attendue.choix)}"
    if isinstance(valeur, str) and len(valeur) > TEXTE_MAX:
        return f"{TEXTE_MAX} lettres au plus"
    return ""


def _date(valeur: object) -> bool:
    try:
        return isinstance(valeur, str) and bool(dt.date.fromisoformat(valeur))
    except ValueError:
        return False


def _texte(valeur: object) -> bool:
    return isinstance(valeur, str) and "\0" not in valeur


def _liste(valeur: object) -> bool:
    if not isinstance(valeur, list):
        return False
    try:
        json.dumps(valeur)
    except (TypeError, ValueError):
        return False
    return True


_TYPES: dict[TypeDonnee, tuple[Callable[[object], bool], str]] = {
    "texte": (_texte, "un texte"),
    "date": (_date, "un jour AAAA-MM-JJ"),
    "entier": (lambda un: isinstance(un, int) and not isinstance(un, bool), "un nombre entier"),
    "oui_non": (lambda un: isinstance(un, bool), "oui ou non"),
    "choix": (_texte, "un choix"),
    "liste": (_liste, "une liste"),
}

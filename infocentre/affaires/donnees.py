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
    if attendue.type == "lignes":
        dites = (_faute_de_ligne(attendue, *une) for une in enumerate(valeur, start=1))
        return next(filter(None, dites), "")
    if isinstance(valeur, str) and len(valeur) > TEXTE_MAX:
        return f"{TEXTE_MAX} lettres au plus"
    return ""


def _faute_de_ligne(attendue: Donnee, numero: int, ligne: Any) -> str:  # noqa: ANN401
    """Say what is wrong of a row: it has the columns that are declared, those required filled."""
    if not isinstance(ligne, Mapping):
        return f"ligne {numero}, une colonne par donnée est attendue"
    if inconnues := [str(nom)[:30] for nom in ligne if nom not in attendue.colonnes]:
        return f"ligne {numero}, « {inconnues[0]} » n'est pas attendu"
    for nom, colonne in attendue.colonnes.items():
        vide = ligne.get(nom) in (None, "")
        if vide and colonne.requis:
            return f"ligne {numero}, il manque « {colonne.titre} »"
        if not vide and (faute := _faute(colonne, ligne[nom])):
            return f"ligne {numero}, « {colonne.titre} » : {faute}"
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
    "lignes": (_liste, "une liste"),
}

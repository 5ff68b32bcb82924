"""Pydantic's and DuckDB's messages, said in French to who writes the catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_CHAMPS = {
    "missing": "il manque",
    "extra_forbidden": "champ inconnu du catalogue",
    "string_type": "un texte est attendu",
    "string_too_short": "le texte est vide",
    "bool_type": "true ou false est attendu",
    "int_type": "un nombre entier est attendu",
    "model_type": "un champ par ligne est attendu, sous la forme « nom: valeur »",
    "tuple_type": "une liste est attendue",
}
_FORMES = {
    "code": "des majuscules, des chiffres et « _ » sont attendus (ATT_TARDIVE)",
    "depuis": "un mois AAAA-MM est attendu",
    "requiert": "« table.colonne », « table » ou « colonne » en minuscules est attendu",
}
_SQL = (
    (r'Referenced column "([^"]+)" not found', "la colonne « {} » n'existe pas"),
    (r'Referenced table "([^"]+)" not found', "la table « {} » n'existe pas"),
    (r"Table with name (\S+?)!? does not exist", "la table « {} » n'existe pas"),
    (r'does not have a column named "([^"]+)"', "la colonne « {} » n'existe pas"),
    (r"Function with name (\S+) does not exist", "la fonction « {} » n'existe pas"),
    (
        r"No function matches the given name and argument types '([^']+)'",
        "l'opération « {} » ne s'applique pas à ces types",
    ),
    (r"Cannot compare values of type (\S+) and type (\S+)", "un {} ne se compare pas à un {}"),
    (r'syntax error at or near "([^"]+)"', "erreur de syntaxe près de « {} »"),
    (r"syntax error at end of input", "l'expression est incomplète"),
    (r"unterminated quoted", "un guillemet n'est pas refermé"),
    (r"aggregate function", "une règle n'a pas de fonction d'agrégation"),
    (r"window function", "une règle n'a pas de fonction de fenêtrage"),
    (
        r'date field (?:value out of range|format): "([^"]*)"',
        "« {} » n'est pas une date AAAA-MM-JJ",
    ),
    (r"prepared statement parameters", "un paramètre ($nom) n'a pas sa place ici"),
    (r"Could not convert string '([^']*)' to (\S+)", "« {} » n'est pas du type {}"),
)


def refus_champs(erreur: ValidationError, fichier: str) -> Refus:
    """Return one Refus that names every field of the file that is wrong."""
    details = [_champ(detail) for detail in erreur.errors()]
    return Refus(
        " ; ".join(details), fichier, "Corriger ce fichier du catalogue, puis recommencer."
    )


def en_francais(message: str) -> str:
    """Return what DuckDB says of a piece of SQL, in French when its message is a known one."""
    for motif, phrase in _SQL:
        if trouve := re.search(motif, message):
            return phrase.format(*trouve.groups())
    premiere = message.strip().splitlines()[0] if message.strip() else "expression vide"
    return premiere if _deja_francais(premiere) else f"DuckDB refuse ce SQL ({premiere})"


def _deja_francais(message: str) -> bool:
    return message.startswith(("une ", "un ", "le ", "la ", "il "))


def _champ(detail: ErrorDetails) -> str:
    chemin = ".".join(str(pas) for pas in detail["loc"] if not isinstance(pas, int))
    phrase = _phrase(detail, str(detail["loc"][0]) if detail["loc"] else "")
    return f"champ « {chemin} » : {phrase}" if chemin else phrase


def _phrase(detail: ErrorDetails, champ: str) -> str:
    genre = detail["type"]
    contexte: dict[str, Any] = detail.get("ctx", {})
    if genre == "value_error":
        return str(contexte["error"])
    if genre == "literal_error":
        return f"« {detail['input']} » n'est pas l'un de {contexte['expected']}".replace(
            " or ", " ou "
        )
    if genre == "string_pattern_mismatch":
        attendu = _FORMES.get(champ, "des minuscules, des chiffres et « _ » sont attendus")
        return f"« {detail['input']} » est mal formé, {attendu}"
    if genre.startswith(("greater_than", "less_than")):
        return f"{detail['input']} est hors des bornes"
    return _CHAMPS.get(genre, f"valeur refusée ({detail['msg']})")

"""DuckDB's messages, said in French to who writes the catalogue."""

from __future__ import annotations

import re

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


def en_francais(message: str) -> str:
    """Return what DuckDB says of a piece of SQL, in French when its message is a known one."""
    for motif, phrase in _SQL:
        if trouve := re.search(motif, message):
            return phrase.format(*trouve.groups())
    premiere = message.strip().splitlines()[0] if message.strip() else "expression vide"
    return premiere if _deja_francais(premiere) else f"DuckDB refuse ce SQL ({premiere})"


def _deja_francais(message: str) -> bool:
    return message.startswith(("une ", "un ", "le ", "la ", "il "))

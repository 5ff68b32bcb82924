"""What pydantic finds wrong in a file that people write, said in French, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

EXEMPLE = "ATT_TARDIVE"  # what people are shown of the code of an indicator
_CHAMPS = {
    "missing": "il manque",
    "string_type": "un texte est attendu",
    "string_too_short": "le texte est vide",
    "string_too_long": "le texte est trop long",
    "bool": "true ou false est attendu",
    "int": "un nombre entier est attendu",
    "float": "un nombre est attendu",
    "finite_number": "un nombre est attendu",
    "date": "une date AAAA-MM-JJ est attendue",
    "model_type": "un champ par ligne est attendu, sous la forme « nom: valeur »",
    "dataclass_type": "un champ par ligne est attendu, sous la forme « nom: valeur »",
    "dict_type": "un champ par ligne est attendu, sous la forme « nom: valeur »",
    "tuple_type": "une liste est attendue",
}
MINUSCULES = "des minuscules, des chiffres et « _ » sont attendus"
_BORNES = {"ge": "{} au moins", "le": "{} au plus", "gt": "plus de {}", "lt": "moins de {}"}
_INCONNUS = {"extra_forbidden", "unexpected_keyword_argument"}
_FORMES = {
    "code": f"des majuscules, des chiffres et « _ » sont attendus ({EXEMPLE})",
    "depuis": "un mois AAAA-MM est attendu",
    "requiert": "« table.colonne », « table » ou « colonne » en minuscules est attendu",
}


def refus_champs(
    erreur: ValidationError,
    fichier: str,
    de: str = " du catalogue",
    formes: Mapping[str, str] = _FORMES,
) -> Refus:
    """Return one Refus that names every field of the file that is wrong; `de`: of what it is.

    `formes` says what is expected of fields that have a form.
    """
    details = [_champ(detail, de, formes) for detail in erreur.errors()]
    return Refus(" ; ".join(details), fichier, f"Corriger ce fichier{de}, puis recommencer.")


def _champ(detail: ErrorDetails, de: str, formes: Mapping[str, str]) -> str:
    chemin = ".".join(str(pas) for pas in detail["loc"] if not isinstance(pas, int))
    forme = formes.get(str(detail["loc"][0]) if detail["loc"] else "", MINUSCULES)
    phrase = _phrase(detail, forme, de)
    return f"champ « {chemin} » : {phrase}" if chemin else phrase


def _phrase(detail: ErrorDetails, forme: str, de: str) -> str:
    genre = detail["type"]
    contexte: dict[str, Any] = detail.get("ctx", {})
    if genre in _INCONNUS:
        return f"champ inconnu{de}"
    if genre == "value_error":
        return str(contexte["error"])
    if genre == "literal_error":
        return f"« {detail['input']} » n'est pas l'un de {contexte['expected']}".replace(
            " or ", " ou "
        )
    if genre == "string_pattern_mismatch":
        return f"« {detail['input']} » est mal formé, {forme}"
    if genre.startswith(("greater_than", "less_than")):
        borne = next(dite.format(contexte[nom]) for nom, dite in _BORNES.items() if nom in contexte)
        return f"{detail['input']} est hors des bornes ({borne})"
    # « int_type », « int_parsing »… are of one kind: what is expected is the same.
    dite = _CHAMPS.get(genre) or _CHAMPS.get(genre.partition("_")[0])
    return dite or f"« {str(detail['input'])[:40]} » ne convient pas"

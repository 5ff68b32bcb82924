"""The families of indicators, as expectations/familles.yml declares them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import ressources
from infocentre.noyau.fichiers_yaml import lire_yaml

_Texte = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FICHIER = "familles.yml"
SANS_FAMILLE = "autres"  # of an indicator that nobody has put in one


class Famille(BaseModel):
    """How a family is called, and the table of the bilan's annex where its indicators stand."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    titre: _Texte
    annexe: _Texte


_FAMILLES = TypeAdapter(dict[str, Famille])


def lire_familles(dossier: Path) -> dict[str, Famille]:
    """Return the families by code, in their order; raise Refus on a field that is wrong."""
    brut: dict[str, Any] = lire_yaml(dossier / FICHIER, "les familles d'indicateurs")
    try:
        return _FAMILLES.validate_python(brut)
    except ValidationError as erreur:
        raise refus_champs(erreur, FICHIER) from None


@functools.cache
def familles() -> dict[str, Famille]:
    """Return the families of the project."""
    return lire_familles(ressources("expectations"))


def famille(code: str) -> Famille:
    """Return a family; one that is not declared is called by its name."""
    titre = code.replace("_", " ").capitalize()
    return familles().get(code) or Famille(titre=titre, annexe=titre)


def rang(code: str) -> int:
    """Return the place of a family among the others: those that are not declared come last."""
    connues = list(familles())
    return connues.index(code) if code in connues else len(connues)

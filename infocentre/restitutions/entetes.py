"""Titles and headings of the tables that documents build themselves: reports/tableaux.yml.

Those of the standard tables stand beside their SQL, in queries/tableaux/ (see tables).
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from infocentre.contrat.intitules import libelle
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.restitutions.document import Colonne, Genre

FICHIER = "tableaux.yml"
CORRIGER = f"Corriger reports/{FICHIER}, puis recommencer."


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entete(_Fige):
    """The heading of a column, the dictionary's by default, and how its values are written."""

    titre: str = ""
    genre: Genre = "texte"
    decimales: int = 1


def _lire_entete(brut: object) -> object:
    return {"titre": brut or ""} if brut is None or isinstance(brut, str) else brut


class Declare(_Fige):
    """What is read above a table; in braces, what the edition says: {mois}."""

    titre: str = ""
    colonnes: dict[str, Annotated[Entete, BeforeValidator(_lire_entete)]] = {}


def lire(chemin: Path) -> dict[str, Declare]:
    """Read and validate the file, by key of table; raise Refus that names the field."""
    try:
        lus = lire_yaml(chemin, "les tableaux des documents")
        return TypeAdapter(dict[str, Declare]).validate_python(lus)
    except ValidationError as erreur:
        raise refus_champs(erreur, chemin.name, " d'un tableau") from None


@functools.cache
def declares() -> dict[str, Declare]:
    """Return what is declared of each table (read once)."""
    return lire(ressources("reports") / FICHIER)


def titre(tableau: str, **dits: str) -> str:
    """Return the title of a table."""
    return _completer(tableau, "titre", _trouver(tableau).titre, dits)


def colonnes(tableau: str, *noms: str, **dits: str) -> tuple[Colonne, ...]:
    """Return columns of a table by name, in the order of its cells; raise Refus for none such."""
    connues = _trouver(tableau).colonnes
    for nom in noms:
        if nom not in connues:
            raise _refus(f"{tableau}.colonnes", f"un document imprime « {nom} », qui manque")
    return tuple(
        Colonne(
            _completer(tableau, nom, une.titre or libelle(nom), dits), une.genre, une.decimales, nom
        )
        for nom, une in ((nom, connues[nom]) for nom in noms)
    )


def _trouver(tableau: str) -> Declare:
    if tableau not in declares():
        raise _refus(tableau, "un document imprime ce tableau, qui manque")
    return declares()[tableau]


def _completer(tableau: str, nom: str, texte: str, dits: dict[str, str]) -> str:
    try:
        return texte.format(**dits)
    except (KeyError, IndexError, ValueError):
        quoi = f"« {texte} » nomme entre accolades ce que le document ne dit pas"
        raise _refus(f"{tableau}.{nom}", quoi) from None


def _refus(champ: str, quoi: str) -> Refus:
    return Refus(f"champ « {champ} » : {quoi}", f"reports/{FICHIER}", CORRIGER)

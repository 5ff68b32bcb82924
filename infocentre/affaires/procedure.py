"""The procedures of a folder, read and checked: what is wrong is refused by file and field."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from infocentre.affaires.gardes import GARDES
from infocentre.affaires.modele import Procedure, Transition
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers_yaml import fichiers, lire_yaml

DOSSIER = Path(__file__).with_name("procedures")
DE = " d'une procédure"


def lire_procedure(chemin: Path) -> Procedure:
    """Read and check one file; raise Refus that names it, and its field."""
    brut: dict[str, Any] = lire_yaml(chemin, "une procédure")
    try:
        procedure = Procedure.model_validate(brut)
    except ValidationError as erreur:
        raise refus_champs(erreur, chemin.name, DE) from None
    for nom, un in procedure.evenements.items():
        if un.garde and un.garde not in GARDES:
            raise Refus(
                f"champ « evenements.{nom}.garde » : la garde « {un.garde} » n'existe pas",
                chemin.name,
                f"Gardes : {', '.join(sorted(GARDES))}.",
            )
    if procedure.code != chemin.stem:
        raise Refus(
            f"champ « code » : {procedure.code} n'est pas le nom du fichier",
            chemin.name,
            f"Renommer le fichier en {procedure.code}.yml, ou corriger le code.",
        )
    return procedure


def lire_procedures(dossier: Path = DOSSIER) -> dict[str, Procedure]:
    """Return the procedures of a folder, by code."""
    lues = [lire_procedure(chemin) for chemin in fichiers(dossier, ".yml")]
    return {une.code: une for une in lues}


@functools.cache
def procedures() -> dict[str, Procedure]:
    """Return the procedures of this version of the infocentre."""
    return lire_procedures()


@functools.lru_cache(maxsize=64)
def relire(definition: str) -> Procedure:
    """Return the procedure that a stored definition is; the same one is read once."""
    return Procedure.depuis_json(definition)


def forme(procedure: Procedure, nom: str) -> Transition | None:
    """Return an event of an affaire's procedure, None when it has none of this name.

    What a delivery says has the shape of today in every affaire: no person fills it in, and one
    that began before may be told that a delivery says nothing. Its rules stay as they were.
    """
    une = procedure.transition(nom)
    ici = procedures().get(procedure.code)
    if une is None or ici is None or nom != "verifier":
        return une
    return une.model_copy(update={"donnees": ici.evenements[nom].donnees})

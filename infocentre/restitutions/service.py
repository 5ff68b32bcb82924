"""Who publishes the documents: service.yml of the data directory, neutral words without it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from infocentre.noyau.champs import refus_champs
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.restitutions.document import Service

FICHIER = "service.yml"
Texte = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=90)]


class Fichier(BaseModel):
    """What service.yml says, a field a line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nom: Texte = Service().nom
    auteur: Texte = ""
    contact: Texte = ""
    lieu: Texte = ""


def lire_service(racine: Path) -> Service:
    """Return who publishes, as the data directory says it; raise Refus that names file and field.

    The file has one field a line, none of which is compulsory: nom, auteur, contact, lieu.
    """
    chemin = racine / FICHIER
    if not chemin.exists():
        return Service()
    try:
        lu = Fichier.model_validate(lire_yaml(chemin, "un service"))
    except ValidationError as erreur:
        raise refus_champs(erreur, str(chemin), "") from None
    return Service(lu.nom, lu.auteur, lu.contact, lu.lieu)

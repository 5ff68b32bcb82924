"""What is decided of personal data: why they are held, how long, who receives them.

The defaults of conservation.yml, then what donnees-personnelles.yml of the data directory says;
each decision has its source and the day of that source.
"""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infocentre.noyau import fichiers_yaml
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus

FICHIER = "donnees-personnelles.yml"
_PAR_DEFAUT = Path(__file__).with_name("conservation.yml")
_QUE_FAIRE = "Corriger ce fichier de réglages, puis recommencer."


class _Exact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Decision(_Exact):
    """What was decided, from what, as of which day."""

    dit: str
    source: str
    le: dt.date


class Duree(Decision):
    """How long something is kept."""

    mois: Annotated[int, Field(ge=1, le=120)]


class Analystes(Decision):
    """How precise is what is queried by who may open no demande."""

    precision: Literal["classes", "exacte"]


class Durees(_Exact):
    """How long what names is kept after a radiation, and the traces of who saw it."""

    radiees: Duree
    traces: Duree


class Destinataire(_Exact):
    """Who receives personal data, and which."""

    qui: str
    quoi: str
    source: str
    le: dt.date


class Conservation(_Exact):
    """All that is decided."""

    responsable: Decision
    finalite: Decision
    base: Decision
    texte_libre: Decision
    analystes: Analystes
    durees: Durees
    destinataires: tuple[Destinataire, ...]


def lire_conservation(racine: Path) -> Conservation:
    """Return what is decided for a data directory.

    Raises:
        Refus: its file is wrong; it names the field.
    """
    fichier = racine / FICHIER
    propres = _lire(fichier) if fichier.is_file() else {}
    try:
        return Conservation.model_validate(_fondre(_defauts(), propres))
    except ValidationError as erreur:
        quoi = refus_champs(erreur, FICHIER).quoi
        raise Refus(quoi, str(fichier), _QUE_FAIRE) from None


@functools.cache
def _defauts() -> dict[str, Any]:
    """Return what comes with the program; nobody may change it."""
    return _lire(_PAR_DEFAUT)


def _lire(fichier: Path) -> dict[str, Any]:
    lu = fichiers_yaml.valeurs(fichier)
    if not isinstance(lu, dict | None):
        raise Refus("ce fichier ne contient pas de réglages", str(fichier), _QUE_FAIRE)
    return lu or {}


def _fondre(defauts: dict[str, Any], propres: dict[str, Any]) -> dict[str, Any]:
    """Return the defaults with what is said otherwise, field by field."""
    return defauts | {
        nom: _fondre(defauts[nom], un)
        if isinstance(un, dict) and isinstance(defauts.get(nom), dict)
        else un
        for nom, un in propres.items()
    }


def mois_avant(jour: dt.date, mois: int) -> dt.date:
    """Return the same day so many months before, the last of its month when it has none."""
    rang = jour.year * 12 + jour.month - 1 - mois
    annee, reste = divmod(rang, 12)
    debut = dt.date(annee, reste + 1, 1)
    fin = (debut.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return debut.replace(day=min(jour.day, fin.day))


def en_classes(racine: Path, *, nominatif: bool) -> bool:
    """Tell if data are queried in classes: by who may open no demande, unless a setting says."""
    return not nominatif and lire_conservation(racine).analystes.precision == "classes"

"""The communes of the reference list, with their EPCI and the commune of an arrondissement."""

from __future__ import annotations

import csv
import functools
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

_FICHIER = "referentiels/communes.csv.gz"
_DEPARTEMENTS = "referentiels/departements.csv"
_COMMUNE = "commune-actuelle"
_ARRONDISSEMENT = "arrondissement-municipal"
# Communes divided into arrondissements, by the first figures of these.
_DIVISEES = {"132": "13055", "6938": "69123", "751": "75056"}


@dataclass(frozen=True, slots=True)
class Territoire:
    """A code of commune; `mere` is the commune of an arrondissement municipal, else itself.

    `sous_prefecture` is the code of the arrondissement that the commune belongs to, '' for none.
    """

    code: str
    nom: str
    type: str
    departement: str
    epci: str
    epci_nom: str
    mere: str
    sous_prefecture: str

    @property
    def actuelle(self) -> bool:
        """Tell whether it is a commune of today."""
        return self.type == _COMMUNE

    @property
    def arrondissement(self) -> bool:
        """Tell whether it is an arrondissement of Marseille, Lyon or Paris."""
        return self.type == _ARRONDISSEMENT


@dataclass(frozen=True, slots=True)
class Departement:
    """A département or collectivité d'outre-mer, by its code on three characters."""

    code: str
    nom: str
    region: str
    region_nom: str


@functools.cache
def departements() -> Mapping[str, Departement]:
    """Return every département of the reference list by its code."""
    fichier = resources.files("infocentre.contrat").joinpath(_DEPARTEMENTS)
    lignes = csv.DictReader(fichier.read_text("utf-8").splitlines())
    champs = ("code", "nom", "region", "region_nom")
    return MappingProxyType({une["code"]: Departement(*(une[c] for c in champs)) for une in lignes})


@functools.cache
def territoires() -> Mapping[str, Territoire]:
    """Return every code of the reference list, communes of today before those they absorbed."""
    fichier = resources.files("infocentre.contrat").joinpath(_FICHIER)
    texte = gzip.decompress(fichier.read_bytes()).decode()
    lus: dict[str, Territoire] = {}
    for ligne in csv.DictReader(texte.splitlines()):
        if ligne["code"] not in lus or ligne["type"] == _COMMUNE:
            lus[ligne["code"]] = _territoire(ligne)
    return MappingProxyType(lus)


def _territoire(ligne: Mapping[str, str]) -> Territoire:
    code = ligne["code"]
    divisee = next((mere for debut, mere in _DIVISEES.items() if code.startswith(debut)), code)
    return Territoire(
        code,
        ligne["nom"],
        ligne["type"],
        ligne["departement"],
        ligne["epci"],
        ligne["epci_nom"],
        divisee if ligne["type"] == _ARRONDISSEMENT else code,
        ligne["arrondissement"],
    )

"""The communes of the reference list, with their EPCI and the commune of an arrondissement."""

from __future__ import annotations

import csv
import functools
import re
import sys
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import duckdb

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import du_departement, simplifier

_COMMUNES = "referentiels/communes.parquet"
_DEPARTEMENTS = "referentiels/departements.csv"
_COMMUNE = "commune-actuelle"
_ARRONDISSEMENT = "arrondissement-municipal"
# In the order of Territoire, but for `mere`.
_COLONNES = (
    "code, nom, population, type, departement, coalesce(epci, ''), coalesce(epci_nom, ''), "
    "coalesce(arrondissement, '')"
)
# Communes divided into arrondissements, by the first figures of these.
_DIVISEES = {"132": "13055", "6938": "69123", "751": "75056"}
# The numéros of a région that has its own territory, and of an island that was one département.
_ILE_DE_FRANCE, _NUMEROS_D_ILE_DE_FRANCE = "11", "111"
_CORSE = frozenset({"02A", "02B", "020"})


_RANG = re.compile(r"\b0*([0-9]+)(?:er|e|eme|ieme)?\b")
_ABREGES = {"st": "saint", "ste": "sainte"}
_ARRONDISSEMENTS = frozenset({"arrondissement", "arrond", "arrdt", "ardt", "arr"})


class Territoire(NamedTuple):
    """A code of commune; `mere` is the commune of an arrondissement municipal, else itself.

    `population` is legal, None of what is no commune of today. `sous_prefecture` is the code of the
    arrondissement that the commune belongs to, '' for none.
    """

    code: str
    nom: str
    population: int | None
    type: str
    departement: str
    epci: str
    epci_nom: str
    sous_prefecture: str
    mere: str

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
    lus = (Departement(*(une[c] for c in champs)) for une in lignes)
    return MappingProxyType({un.code: un for un in lus})


def territoires_des_numeros(departement: str) -> frozenset[str]:
    """Return by what the numéros of a département may begin."""
    if departement in _CORSE:
        return _CORSE
    connu = departements().get(departement)
    if connu and connu.region == _ILE_DE_FRANCE:
        return frozenset({departement, _NUMEROS_D_ILE_DE_FRANCE})
    return frozenset({departement})


def normaliser_departement(texte: str) -> str:
    """Return the département on three characters, as the contract writes it (13 → 013)."""
    code = texte.strip().upper().zfill(3)
    if not re.fullmatch(r"(?!000)[0-9]{3}|02[AB]", code):
        raise Refus(
            f"« {texte} » n'est pas un code de département",
            que_faire="L'écrire comme 13, 2A ou 974.",
        )
    return code


def departement_connu(texte: str) -> str:
    """Return the code of a département as the contract writes it; raise Refus when none has it."""
    code = normaliser_departement(texte)
    if code not in departements():
        raise Refus(
            f"« {texte} » n'est le code d'aucun département",
            que_faire="L'écrire comme 13, 2A ou 974.",
        )
    return code


def nom_departement(code: str) -> str:
    """Return the name of a département, « Département 999 » for one that has none."""
    connu = departements().get(code)
    return connu.nom if connu else f"Département {code}"


def fichier_des_communes() -> Path:
    """Return the Parquet file of the reference list, a row a code (see its LISEZMOI.md)."""
    return Path(str(resources.files("infocentre.contrat").joinpath(_COMMUNES)))


def noms_des_communes(codes: Collection[str]) -> dict[str, str]:
    """Return {code: name} of some codes, read without the rest of the list; its own if unknown."""
    siens = ", ".join(f"'{un}'" for un in codes if un.isalnum())
    connus = _lire_communes("code, nom", f"code IN ({siens})") if siens else ()
    return {un: un for un in codes} | dict(connus)


@functools.cache
def codes_des_communes() -> frozenset[str]:
    """Return every code of the reference list, read once without the rest of it."""
    return frozenset(code for (code,) in _lire_communes("code", "true"))


def _lire_communes(colonnes: str, lesquelles: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(config={"threads": 1}) as con:
        sql = f"SELECT {colonnes} FROM read_parquet($1) WHERE {lesquelles}"
        return con.execute(sql, [str(fichier_des_communes())]).fetchall()


@functools.cache
def territoires() -> Mapping[str, Territoire]:
    """Return every code of the reference list; of those that share one, today's commune.

    What many share is one text: a quarter of the memory of so many.
    """
    lignes = _lire_communes(_COLONNES, "true")
    un_seul = sys.intern
    lus = {
        code: Territoire(
            code,
            nom,
            population,
            un_seul(type_),
            un_seul(departement),
            un_seul(epci),
            un_seul(epci_nom),
            un_seul(sous_prefecture),
            _mere(code) if type_ == _ARRONDISSEMENT else code,
        )
        for code, nom, population, type_, departement, epci, epci_nom, sous_prefecture in lignes
    }
    return MappingProxyType(lus)


@functools.cache
def communes_par_nom(departement: str) -> Mapping[str, str]:
    """Return {name as `nom_compare` writes it: code} of the communes of today of a département."""
    return {
        nom_compare(un.nom): un.code
        for un in territoires().values()
        if un.departement == departement and (un.actuelle or un.arrondissement)
    }


def nom_compare(nom: str) -> str:
    """Return the name of a commune as it is compared: no accents, case, punctuation nor hyphens.

    « St » is « Saint »; « MARSEILLE 08 » and « Marseille 8ème » are the eighth arrondissement.
    """
    simple = _RANG.sub(r"\1", simplifier(nom).replace("œ", "oe"))
    mots = [mot for mot in re.findall("[a-z0-9]+", simple) if mot not in _ARRONDISSEMENTS]
    return " ".join(_ABREGES.get(mot, mot) for mot in mots)


def _mere(code: str) -> str:
    """Return the commune of an arrondissement municipal."""
    return next(mere for debut, mere in _DIVISEES.items() if code.startswith(debut))


@functools.cache
def noms_des_epcis() -> Mapping[str, str]:
    """Return {EPCI: name}, of those of today."""
    actuels = (un for un in territoires().values() if un.epci and un.actuelle)
    return MappingProxyType({un.epci: un.epci_nom for un in actuels})


def nom_epci_ici(epci: str, departement: str) -> str:
    """Return the name of an EPCI as it is read in a département, '' of none.

    Of one that lies in several, these are its communes there: « Métropole d'Aix-Marseille-Provence
    (communes du Var) ».
    """
    nom, lieux = noms_des_epcis().get(epci, ""), _communes_des_epcis().get(epci, ())
    if len(lieux) < 2 or departement not in lieux:  # noqa: PLR2004 - it is whole
        return nom
    return f"{nom} (communes {du_departement(departement, nom_departement(departement))})"


@functools.cache
def epcis_du_departement(departement: str) -> frozenset[str]:
    """Return the EPCI that have a commune in a département, be it one."""
    return frozenset(epci for epci, lieux in _communes_des_epcis().items() if departement in lieux)


@functools.cache
def departements_des_epcis() -> Mapping[str, str]:
    """Return {EPCI: the département of most of its communes}."""
    communes = _communes_des_epcis().items()
    return MappingProxyType({epci: lieux.most_common(1)[0][0] for epci, lieux in communes})


@functools.cache
def _communes_des_epcis() -> Mapping[str, Counter[str]]:
    """Return {EPCI: {département: how many of its communes are there}}, of those of today."""
    communes: dict[str, Counter[str]] = {}
    for un in territoires().values():
        if un.epci and un.actuelle:
            communes.setdefault(un.epci, Counter())[un.departement] += 1
    return MappingProxyType(communes)

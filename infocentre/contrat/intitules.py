"""What every column is called and means, delivered or computed: the one place that says it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from infocentre.contrat.dictionnaire import EXACT, Colonne, contrat, lire_yaml, valider
from infocentre.noyau.erreurs import Refus

CALCULEES = "calculees.yml"
# « … hors mutation » means what its whole means.
_SUFFIXES = {"_hors_mutation": ", hors mutation", "_mutations": ", mutations"}
# A ratio by its name, where the dictionary does not have the column: the queries of analysts.
_TAUX = re.compile(r"(?:part|taux|évolution|evolution)(?:_.*)?")
# A table of the deliveries, named in a sentence.
DE_LA_TABLE = {
    "stock": "du stock",
    "radiation": "des radiations",
    "guichets": "des guichets",
    "journal": "du journal",
    "messages": "des messages",
    "plis": "des plis",
    "voeux": "des vœux",
    "utilisateurs": "des utilisateurs",
    "identites": "des identités",
}


@dataclass(frozen=True, slots=True, config=EXACT)
class Calculee:
    """A column that the infocentre computes."""

    libelle: str = ""
    description: str = ""
    format: Literal["", "taux", "nombre"] = ""


@dataclass(frozen=True, slots=True, config=EXACT)
class Ensemble:
    """A table that is published; `contrat` is the table that its other columns come from."""

    libelle: str = ""
    objet: str = ""
    contrat: str = ""
    colonnes: dict[str, Calculee] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, config=EXACT)
class Dictionnaire:
    """calculees.yml, whole."""

    tables: dict[str, Ensemble]
    colonnes: dict[str, Calculee]
    listes: dict[str, dict[str, str]]


@functools.cache
def dictionnaire() -> Dictionnaire:
    """Return the dictionary of what is computed; raise Refus that names what is wrong."""
    lu = valider(TypeAdapter(Dictionnaire), lire_yaml(CALCULEES), CALCULEES)
    for nom, table in lu.tables.items():
        if table.contrat and table.contrat not in contrat().tables:
            raise Refus(
                f"champ « tables.{nom}.contrat » : aucune table « {table.contrat} »",
                CALCULEES,
                "Choisir une table de colonnes.yml.",
            )
    return lu


def du_contrat(table: str, nom: str) -> Colonne | None:
    """Return the column of the contract that a column of a published table comes from."""
    decrite = dictionnaire().tables.get(table)
    if decrite is None or not decrite.contrat or nom in decrite.colonnes:
        return None
    colonnes = contrat().tables[decrite.contrat].par_nom
    avant = nom.upper()
    return colonnes.get(avant) or colonnes.get(avant.replace("ANNEE_", "DATE_", 1))


def libelle_connu(nom: str, de: str = "") -> str:
    """Return the title of a column in a table or list, empty when the dictionary has none."""
    lu = dictionnaire()
    if propre := lu.listes.get(de, {}).get(nom):
        return propre
    dites = (lu.tables[de].colonnes if de in lu.tables else {}, lu.colonnes)
    if dit := next((une[nom].libelle for une in dites if nom in une and une[nom].libelle), ""):
        return dit
    if source := du_contrat(de, nom) or _livrees().get(nom):
        return source.libelle
    return ""


def codes_de(nom: str, de: str) -> Mapping[str, str]:
    """Return the code list of a column of a published list or table, empty when it has none."""
    source = du_contrat(de, nom) or (_livrees().get(nom) if de else None)
    return contrat().codes[source.codes] if source and source.codes else {}


@functools.cache
def _livrees() -> dict[str, Colonne]:
    """Return the columns of deliveries by their name in SQL, the first table that has each."""
    toutes = [une for table in contrat().tables.values() for une in table.colonnes]
    return {une.champ: une for une in reversed(toutes)}


def libelle(nom: str, de: str = "") -> str:
    """Return the title of a column, as a heading writes it; its name when nothing says it."""
    dit = libelle_connu(nom, de) or nom.replace("_", " ")
    return dit[:1].upper() + dit[1:]


def intitule(nom: str, de: str = "") -> str:
    """Return the title of a column inside a text: « date de dépôt », « SIREN », « NOMBRE »."""
    dit = libelle_connu(nom, de)
    if not dit:
        return nom.replace("_", " ")
    return dit if dit[:2].isupper() else dit[:1].lower() + dit[1:]


def nommer_colonne(table: str, colonne: str) -> str:
    """Name a column in a sentence, with its table when another table has it too."""
    partagee = sum(colonne in une.par_nom for une in contrat().tables.values()) > 1
    return f"{colonne} {DE_LA_TABLE[table]}" if partagee else colonne


def description(nom: str, de: str) -> str:
    """Return what a column of a published table holds, empty when nothing says it."""
    lu = dictionnaire()
    source = du_contrat(de, nom)
    if source is not None:
        dite = _masquee(source) if source.masque else source.description
        return f"{dite} (livrée depuis {source.depuis})" if source.depuis else dite
    dites = (lu.tables[de].colonnes if de in lu.tables else {}, lu.colonnes)
    if dit := next((une[nom].description for une in dites if nom in une), ""):
        return dit
    for suffixe, ecrit in _SUFFIXES.items():
        tout = lu.colonnes.get(nom.removesuffix(suffixe))
        if nom.endswith(suffixe) and tout:
            return f"{tout.description}{ecrit}"
    return ""


def _masquee(source: Colonne) -> str:
    """Return what stands in the place of a column that the analysts may not have."""
    if source.masque == "annee":
        return f"{source.libelle} : l'année seule"
    if source.masque == "age":
        return f"{source.libelle} : celui qui est atteint dans l'année du dépôt"
    if source.nom == "NUMERO_UNIQUE":
        return "Empreinte du numéro unique : la même d'une table à l'autre, sans retour au numéro"
    return f"Empreinte, sans retour à l'identifiant d'origine ({source.libelle.lower()})"


def est_un_taux(nom: str, de: str = "") -> bool:
    """Tell if a column is a ratio, to be shown in percent."""
    lu = dictionnaire()
    dites = (lu.tables[de].colonnes if de in lu.tables else {}, lu.colonnes)
    connues = [une[nom] for une in dites if nom in une]
    if not connues:
        return _TAUX.fullmatch(nom) is not None
    return next((une.format for une in connues if une.format), "") == "taux"

"""A rule of the catalogue in words: its SQL, with the contract's labels and French connectives."""

from __future__ import annotations

import functools
import re

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.contrat import Colonne, contrat

# In this order: the longest form of « is null » and its kin first.
_TOURNURES = (
    (
        r"not regexp_full_match\(coalesce\((\w+), ''\), '\[0-9\]\{(\d+)\}'\)",
        r"\1 n’a pas \2 chiffres",
    ),
    (r"greatest\((\w+), (\w+)\)", r"la plus tardive de \1 et \2"),
    (r"\bis not null\b", "n’est pas vide"),
    (r"\bis null\b", "est vide"),
    (r"\bis not distinct from\b", "est"),
    (r"\bis distinct from\b", "n’est pas"),
    (r"\binterval (\d+) month\b", r"\1 mois"),
    (r"\binterval 1 year\b", "1 an"),
    (r"\binterval (\d+) year\b", r"\1 ans"),
    (r"\binterval (\d+) week\b", r"\1 sem."),
    (r"\binterval (\d+) day\b", r"\1"),
    (r"([+-]) (\d+)\b(?! (?:mois|ans?|sem\.))", r"\1 \2 jours"),
    (r"\bnot (\w+)", r"\1 = non"),
    (r"\bin \(([^)]*)\)", r"est parmi \1"),
    (r"\band\b", "et"),
    (r"\bor\b", "ou"),
    (r"<>", "≠"),
    (r"<=", "≤"),
    (r">=", "≥"),
    (r" - ", " − "),
)
_MOTS = re.compile(r"'(?P<code>[^']*)'|(?P<mot>\b[a-z][a-z0-9_]*\b)")
_INDICATRICE = re.compile(r"\b(?P<champ>[a-z0-9_]+)(?P<lien> = | (?:est|n’est pas) )1\b")
# Columns that populations compute; one that is not here is shown by its name.
_DERIVEES = {
    "arrete": "date d'arrêté",
    "commune_a_arrondissements": "commune sans son arrondissement",
    "commune_officielle": "commune du Code officiel géographique",
    "date_deradiation": "Date de déradiation",
    "date_limite_preavis": "Date limite du préavis",
    "deja_reloge": "Déjà relogé",
    "doublon_plus_ancien": "Demande plus ancienne de la même personne",
    "issue_de_separation": "Issue d'une séparation",
    "nb_champs_non_renseignes": "Champs suivis non renseignés",
    "premier_preavis": "Date du premier préavis",
    "rpls_bien_forme": "Numéro RPLS de 10 lettres ou chiffres",
}


def en_mots(cat: Catalogue, un: Indicateur, expression: str) -> str:
    """Return a rule as a person reads it: « Date de radiation » > « Date de départ » + 15 jours."""
    libelles = _libelles(cat.populations[un.population].sql)
    texte = " ".join(expression.split())
    for forme, tournure in _TOURNURES:
        texte = re.sub(forme, tournure, texte)
    texte = _INDICATRICE.sub(functools.partial(_oui, libelles=libelles), texte)
    return _MOTS.sub(functools.partial(_mot, libelles=libelles), texte).replace("’", "'")


def _oui(trouve: re.Match[str], libelles: dict[str, Colonne]) -> str:
    colonne = libelles.get(trouve["champ"])
    if colonne is None or colonne.type != "indicatrice":
        return trouve[0]
    return f"{trouve['champ']}{trouve['lien']}oui"


def _mot(trouve: re.Match[str], libelles: dict[str, Colonne]) -> str:
    code, mot = trouve["code"], trouve["mot"]
    if code is not None:
        return f"« {_libelle_code(code)} »"
    if mot in _DERIVEES:
        return f"« {_DERIVEES[mot]} »"
    if mot in libelles:
        return f"« {libelles[mot].libelle} »"
    return f"« {mot.replace('_', ' ')} »" if "_" in mot else mot


@functools.lru_cache(maxsize=1024)
def _libelle_code(code: str) -> str:
    """Label of a code that means one thing in all lists; else the code itself."""
    libelles = {liste[code] for liste in contrat().codes.values() if code in liste}
    return libelles.pop() if len(libelles) == 1 else code


@functools.lru_cache(maxsize=1024)
def _libelles(sql: str) -> dict[str, Colonne]:
    """Columns of the contract that a population may show, by their SQL name."""
    colonnes: dict[str, Colonne] = {}
    for nom, table in contrat().tables.items():
        if re.search(rf"\b{nom}\b", sql):
            for colonne in table.colonnes:
                colonnes.setdefault(colonne.champ, colonne)
    return colonnes

"""The contract as who writes a delivery reads it: Data Package, table of columns, text.

What is published is what to write: one spelling of each thing. A file that a reader of Table Schema
accepts is read here without a reject nor an anomaly of format; the infocentre reads other spellings
too, which no such reader knows. The same contract gives the same bytes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infocentre.contrat.dictionnaire import NOMBRES, Colonne, Table, Type, contrat
from infocentre.contrat.graphies import NON, OUI, PAS_SU, TEXTE_MAX, VIDES
from infocentre.contrat.interdites import interdites
from infocentre.contrat.numeros import NUMERO_UNIQUE
from infocentre.noyau.formats import FormeContrat, ecrivain_csv
from infocentre.noyau.francais import enumerer, majuscule

PROFILS: Final = "https://datapackage.org/profiles/2.0/"
JOUR: Final = "%d/%m/%Y"
PREMIER, DERNIER = "01/01/1900", "31/12/2100"
LETTRES: Final = "A-Za-zÀ-ÖØ-öø-ÿŒœ"  # what \p{L} stands for, which few readers know
_TYPES: Mapping[Type, str] = {
    "date": "date",
    "naissance": "date",
    "entier": "integer",
    "decimal": "number",
    "indicatrice": "boolean",
    "code": "string",
    "texte": "string",
}
# What is written in a column, by its type.
ECRITURES: Mapping[Type, str] = {
    "date": "JJ/MM/AAAA",
    "naissance": "JJ/MM/AAAA",
    "entier": "nombre entier",
    "decimal": "nombre, virgule décimale",
    "indicatrice": "1 (oui) ou 0 (non)",
    "code": "code, en majuscules",
    "texte": "texte",
}
NUMERO: Final = "18 caractères : territoire, mois et année, rang, guichet"
COLONNES: Final = (
    "table",
    "colonne",
    "libelle",
    "description",
    "type",
    "ecriture",
    "obligatoire",
    "codes",
    "motif",
    "minimum",
    "maximum",
    "personnelle",
    "depuis",
)


@dataclass(frozen=True, slots=True)
class Publication:
    """One form in which the contract is taken away; `ecrire` gives its bytes."""

    nom: str
    fichier: str
    ecrire: Callable[[], bytes]


def en_table_schema() -> bytes:
    """Return a Data Package (version 2) with a Table Schema for each table."""
    return (json.dumps(paquet(), ensure_ascii=False, indent=1) + "\n").encode()


def paquet() -> dict[str, Any]:
    """Return the descriptor of a delivery that has every table, in CSV."""
    return {
        "$schema": f"{PROFILS}datapackage.json",
        "name": "livraison-sne-infocentre",
        "title": "Livraison du SNE à l’infocentre",
        "description": " ".join(regles()),
        "resources": [_ressource(table) for table in contrat().tables.values()],
    }


def _ressource(table: Table) -> dict[str, Any]:
    return {
        "name": table.nom,
        "type": "table",
        "path": f"{table.nom}.csv",
        "title": table.libelle,
        "description": dire_table(table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "header": True},
        "schema": {
            "$schema": f"{PROFILS}tableschema.json",
            "fieldsMatch": "partial",
            "missingValues": list(VIDES),
            "primaryKey": [table.cle],
            "fields": [_champ(table, colonne) for colonne in table.colonnes],
        },
    }


def _champ(table: Table, une: Colonne) -> dict[str, Any]:
    """Return the descriptor of a column; « x- » fields are those that Table Schema has not."""
    codes = contrat().codes[une.codes] if une.codes else {}
    return {
        "name": une.nom,
        "type": _TYPES[une.type],
        "title": une.libelle,
        "description": une.description,
        **_ecriture(une),
        **({"missingValues": [*VIDES, PAS_SU]} if une.neuf_cents_99 else {}),
        **({"categories": [_categorie(*un) for un in codes.items()]} if codes else {}),
        "constraints": dict(_contraintes(table, une)),
        **({"x-depuis": une.depuis} if une.depuis else {}),
        **({"x-personnelle": True} if une.personnelle else {}),
    }


def _categorie(code: str, libelle: str) -> dict[str, str]:
    return {"value": code, "label": libelle}


def _ecriture(une: Colonne) -> dict[str, Any]:
    """Return how the values of a column are written, where it is not as Table Schema has it."""
    if une.type in {"date", "naissance"}:
        return {"format": JOUR}
    if une.type == "decimal":
        return {"decimalChar": ","}
    if une.type == "indicatrice":
        return {"trueValues": _casses(OUI), "falseValues": _casses(NON)}
    return {}


def _casses(graphies: tuple[str, ...]) -> list[str]:
    """Return spellings in capitals, in small letters, with a capital."""
    return list(dict.fromkeys(un for g in graphies for un in (g, g.lower(), g.capitalize())))


def _contraintes(table: Table, une: Colonne) -> Iterator[tuple[str, Any]]:
    # The names of a person may be empty in a row: the column must be there, which this cannot say.
    if une.rejette or (une.obligatoire and not table.nominative):
        yield "required", True
    if une.codes:
        yield "enum", list(contrat().codes[une.codes])
    elif forme := motif(une):
        yield "pattern", forme
        if une.forme and (longueur := contrat().formes[une.forme].longueur):
            yield "maxLength", longueur
    elif une.type == "texte":
        yield "maxLength", TEXTE_MAX
    if une.type in {"date", "naissance"}:
        yield from (("minimum", PREMIER), ("maximum", DERNIER))
    elif une.type in NOMBRES:
        yield from zip(("minimum", "maximum"), bornes(une), strict=True)


def motif(une: Colonne) -> str:
    """Return what a text that has no list must be, '' for a free one: as any reader knows it."""
    if une.nom == "NUMERO_UNIQUE":
        return f"({NUMERO_UNIQUE})"
    if not une.forme:
        return ""
    ecrit = contrat().formes[une.forme].motif
    portable = ecrit.replace(r"[\p{L}", f"[{LETTRES}").replace(r"\p{L}", f"[{LETTRES}]")
    return f"({portable})"


def bornes(une: Colonne) -> tuple[float, float]:
    """Return the least and the greatest value of a number, whole when they are."""
    moins, plus = (int(un) if un == int(un) else un for un in une.etendue)
    return moins, plus


def en_csv() -> bytes:
    """Return one row a column of each table, and the values that it may have."""
    tampon = io.StringIO()
    ecrivain = ecrivain_csv(tampon)
    ecrivain.writerow(COLONNES)
    for table in contrat().tables.values():
        ecrivain.writerows(_ligne(table, une) for une in table.colonnes)
    return tampon.getvalue().encode("utf-8-sig")


def _ligne(table: Table, une: Colonne) -> list[object]:
    codes = contrat().codes[une.codes] if une.codes else {}
    return [
        table.nom,
        une.nom,
        une.libelle,
        une.description,
        une.type,
        ecriture(une),
        "oui" if une.obligatoire else "non",
        " | ".join(f"{code} = {libelle}" for code, libelle in codes.items()),
        motif(une),
        *(bornes(une) if une.type in NOMBRES else ("", "")),
        "oui" if une.personnelle else "non",
        une.depuis or table.depuis,
    ]


def en_markdown() -> bytes:
    """Return the contract as a text: what a delivery is, its tables, its code lists."""
    lignes = ["# Contrat de données : ce que l’infocentre reçoit", ""]
    lignes += [f"- {une}" for une in regles()]
    for table in contrat().tables.values():
        lignes += ["", f"## {table.libelle} (`{table.nom}`)", "", dire_table(table), ""]
        lignes += _tableau(
            ["Colonne", "Libellé", "Obligatoire", "Ce qu’on y écrit", "Ce qu’elle contient"],
            [
                [f"`{c.nom}`", c.libelle, obligation(c), ecriture(c), sens(c)]
                for c in table.colonnes
            ],
        )
    lignes += ["", "## Listes de codes"]
    for liste, codes in contrat().codes.items():
        lignes += ["", f"### {liste}", ""]
        lignes += _tableau(["Code", "Libellé"], [[f"`{c}`", dit] for c, dit in codes.items()])
    return ("\n".join(lignes) + "\n").encode()


def _tableau(titres: list[str], lignes: list[list[str]]) -> Iterator[str]:
    for une in (titres, ["---"] * len(titres), *lignes):
        cellules = (cellule.replace("|", r"\|") for cellule in une)
        yield f"| {' | '.join(cellules)} |"


def dire_table(table: Table) -> str:
    """Say what a table has, whether a delivery may lack it, what tells its lines apart."""
    livraison = "obligatoire" if table.obligatoire else "facultative"
    depuis = f", depuis {table.depuis}" if table.depuis else ""
    return (
        f"{majuscule(table.objet).rstrip('.')}. Table {livraison}{depuis} ; "
        f"une ligne par {table.cle}."
    )


def obligation(une: Colonne) -> str:
    """Say whether a column must be there."""
    return "oui" if une.obligatoire else ""


def ecriture(une: Colonne) -> str:
    """Say what is written in a column: its code list, its shape, its bounds."""
    if une.codes:
        return f"un code de la liste {une.codes}"
    if une.type in NOMBRES:
        moins, plus = bornes(une)
        pas_su = f" ; {PAS_SU} : pas su" if une.neuf_cents_99 else ""
        return f"{ECRITURES[une.type]}, de {moins} à {plus}{pas_su}"
    if une.nom == "NUMERO_UNIQUE":
        return NUMERO
    return contrat().formes[une.forme].dit if une.forme else ECRITURES[une.type]


def sens(une: Colonne) -> str:
    """Say what a column holds, and since when it may be delivered."""
    return f"{une.description} (depuis {une.depuis})" if une.depuis else une.description


def regles() -> list[str]:
    """Return what holds for every file, a sentence a rule."""
    lus = interdites()
    jamais = enumerer([f"« {un} »" for un in (*lus.mots, *lus.parts)], "ou")
    obligatoires = [table.nom for table in contrat().tables.values() if table.obligatoire]
    return [
        (
            "Une livraison est un dossier, ou son archive .zip, qui porte un fichier par table : "
            "table.csv, .csv.gz, .parquet ou .xlsx. Le dossier est nommé AAAA-MM, le mois arrêté."
        ),
        (
            f"Obligatoires : {enumerer(obligatoires)} ; les autres tables sont facultatives, et "
            "ce qui en dépend n’est pas calculé quand elles manquent."
        ),
        (
            "En CSV : séparateur « ; », première ligne avec le nom des colonnes, dans un ordre "
            "libre, encodage UTF-8."
        ),
        f"Une valeur inconnue est vide ; {enumerer(list(VIDES[1:]))} le sont aussi.",
        (
            "Ce qui est décrit ici est ce qu’il faut écrire ; l’infocentre lit aussi d’autres "
            "graphies (dates AAAA-MM-JJ, point décimal), et un fichier en Windows-1252."
        ),
        (
            "Jamais lus : le numéro de sécurité sociale et les commentaires, sous quelque nom que "
            f"ce soit (colonnes dont le nom porte {jamais}, ou dont les valeurs y ressemblent)."
        ),
    ]


PUBLICATIONS: Mapping[FormeContrat, Publication] = {
    "table-schema": Publication("Table Schema (Data Package)", "datapackage.json", en_table_schema),
    "csv": Publication("Les colonnes, en CSV", "contrat.csv", en_csv),
    "md": Publication("Le texte, en Markdown", "contrat.md", en_markdown),
}

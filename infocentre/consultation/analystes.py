"""The analysts' file as its readers see it: its tables, and what each column means."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

import duckdb
import yaml

from infocentre.consultation.commun import par_version
from infocentre.consultation.lecteur import VersionOuverte
from infocentre.consultation.tableaux import tableaux
from infocentre.contrat import Colonne, contrat
from infocentre.operations.analystes import tenir_analystes

TYPES = {
    "VARCHAR": "texte",
    "DATE": "date",
    "TIMESTAMP": "date et heure",
    "BOOLEAN": "vrai ou faux",
    "DOUBLE": "nombre",
    "BIGINT": "entier",
    "INTEGER": "entier",
    "TINYINT": "0 ou 1",
}
SUFFIXES = {"_hors_mutation": ", hors mutation", "_mutations": ", mutations"}


@dataclass(frozen=True, slots=True)
class ColonneLue:
    """One column: its French type, its meaning, the list of its codes (code → label) if any."""

    nom: str
    type: str
    sens: str
    liste: str | None = None


@dataclass(frozen=True, slots=True)
class TableLue:
    """One table of the analysts' file; `lignes` is how many rows it has."""

    nom: str
    libelle: str
    objet: str
    lignes: int
    colonnes: tuple[ColonneLue, ...]


@par_version
def schema_analystes(v: VersionOuverte) -> tuple[TableLue, ...]:
    """Return the tables of the published file: those of the demandes first, then by name."""
    colonnes: dict[str, list[ColonneLue]] = {}
    with tenir_analystes(v.dossier) as fichier, duckdb.connect(str(fichier), read_only=True) as con:
        lues = con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY table_name, column_index"
        ).fetchall()
        lignes = dict(
            con.execute("SELECT table_name, estimated_size FROM duckdb_tables()").fetchall()
        )
    for table, nom, type_ in lues:
        colonnes.setdefault(table, []).append(_colonne(table, nom, type_))
    rangs = {nom: rang for rang, nom in enumerate(_dictionnaire()["tables"])}
    return tuple(
        TableLue(nom, *_titre(nom), lignes[nom], tuple(colonnes[nom]))
        for nom in sorted(colonnes, key=lambda nom: (rangs.get(nom, len(rangs)), nom))
    )


@functools.cache
def _dictionnaire() -> dict[str, Any]:
    texte = resources.files("infocentre.contrat").joinpath("analystes.yml").read_text("utf-8")
    lu: dict[str, Any] = yaml.safe_load(texte)
    return lu


def _titre(table: str) -> tuple[str, str]:
    """Return the name of a table and what it holds."""
    decrite = _dictionnaire()["tables"].get(table)
    if decrite is None:
        tableau = tableaux()[table.upper().replace("_", "-")]
        return tableau.titre, f"{tableau.objet[:1].upper()}{tableau.objet[1:]}"
    source = contrat().tables.get(decrite.get("contrat", ""))
    return (
        decrite.get("libelle") or (source.libelle if source else table),
        decrite.get("objet") or (source.objet if source else ""),
    )


def _colonne(table: str, nom: str, type_: str) -> ColonneLue:
    source = _du_contrat(table, nom)
    type_lu = TYPES.get(type_, type_.lower())
    if source is None:
        return ColonneLue(nom, type_lu, _sens(table, nom))
    if source.masque:
        return ColonneLue(nom, type_lu, _sens_masque(source))
    type_lu = "0 ou 1" if source.type == "indicatrice" else type_lu
    return ColonneLue(nom, type_lu, source.description, source.codes)


def _sens_masque(source: Colonne) -> str:
    """Return what stands in the place of a column that the analysts may not have."""
    if source.masque == "annee":
        return f"{source.libelle} : l'année seule"
    if source.masque == "age":
        return f"{source.libelle} : celui qui est atteint dans l'année du dépôt"
    if source.nom == "NUMERO_UNIQUE":
        return "Empreinte du numéro unique : la même d'une table à l'autre, sans retour au numéro"
    return f"Empreinte, sans retour à l'identifiant d'origine ({source.libelle.lower()})"


def _du_contrat(table: str, nom: str) -> Colonne | None:
    """Return the column of the contract that a column of the analysts' file comes from."""
    decrite = _dictionnaire()["tables"].get(table, {})
    source = contrat().tables.get(decrite.get("contrat", ""))
    if source is None or nom in decrite.get("colonnes", {}):
        return None
    avant = nom.upper()
    return source.par_nom.get(avant) or source.par_nom.get(avant.replace("ANNEE_", "DATE_", 1))


def _sens(table: str, nom: str) -> str:
    """Return what a computed column means; « … hors mutation » derives from its whole."""
    propres = _dictionnaire()["tables"].get(table, {}).get("colonnes", {})
    communes = _dictionnaire()["colonnes"]
    if sens := propres.get(nom) or communes.get(nom):
        return str(sens)
    for suffixe, ecrit in SUFFIXES.items():
        if nom.endswith(suffixe) and (sens := communes.get(nom.removesuffix(suffixe))):
            return f"{sens}{ecrit}"
    return ""

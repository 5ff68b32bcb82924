"""What the tables and columns of the analysts' file mean, in French."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

import yaml

from infocentre.contrat import Colonne, contrat
from infocentre.mesures.tableaux import Tableau, lire_tableaux

SUFFIXES = {"_hors_mutation": ", hors mutation", "_mutations": ", mutations"}


@functools.cache
def _dictionnaire() -> dict[str, Any]:
    texte = resources.files("infocentre.contrat").joinpath("analystes.yml").read_text("utf-8")
    lu: dict[str, Any] = yaml.safe_load(texte)
    return lu


def ordre_des_tables() -> list[str]:
    """Return the names of the tables that are not standard ones, those of demandes first."""
    return list(_dictionnaire()["tables"])


@functools.cache
def _tableaux() -> dict[str, Tableau]:
    return dict(lire_tableaux())


def titre(table: str) -> tuple[str, str]:
    """Return the name of a table and what it holds."""
    decrite = _dictionnaire()["tables"].get(table)
    if decrite is None:
        tableau = _tableaux()[table.upper().replace("_", "-")]
        return tableau.titre, f"{tableau.objet[:1].upper()}{tableau.objet[1:]}"
    source = contrat().tables.get(decrite.get("contrat", ""))
    return (
        decrite.get("libelle") or (source.libelle if source else table),
        decrite.get("objet") or (source.objet if source else ""),
    )


def sens(table: str, nom: str) -> str:
    """Return what a column holds, empty when nothing says it."""
    source = du_contrat(table, nom)
    if source is None:
        return _calculee(table, nom)
    return _masquee(source) if source.masque else source.description


def _masquee(source: Colonne) -> str:
    """Return what stands in the place of a column that the analysts may not have."""
    if source.masque == "annee":
        return f"{source.libelle} : l'année seule"
    if source.masque == "age":
        return f"{source.libelle} : celui qui est atteint dans l'année du dépôt"
    if source.nom == "NUMERO_UNIQUE":
        return "Empreinte du numéro unique : la même d'une table à l'autre, sans retour au numéro"
    return f"Empreinte, sans retour à l'identifiant d'origine ({source.libelle.lower()})"


def du_contrat(table: str, nom: str) -> Colonne | None:
    """Return the column of the contract that a column of the analysts' file comes from."""
    decrite = _dictionnaire()["tables"].get(table, {})
    source = contrat().tables.get(decrite.get("contrat", ""))
    if source is None or nom in decrite.get("colonnes", {}):
        return None
    avant = nom.upper()
    return source.par_nom.get(avant) or source.par_nom.get(avant.replace("ANNEE_", "DATE_", 1))


def _calculee(table: str, nom: str) -> str:
    """Return what a computed column means; « … hors mutation » derives from its whole."""
    propres = _dictionnaire()["tables"].get(table, {}).get("colonnes", {})
    communes = _dictionnaire()["colonnes"]
    if sens := propres.get(nom) or communes.get(nom):
        return str(sens)
    for suffixe, ecrit in SUFFIXES.items():
        if nom.endswith(suffixe) and (sens := communes.get(nom.removesuffix(suffixe))):
            return f"{sens}{ecrit}"
    return ""

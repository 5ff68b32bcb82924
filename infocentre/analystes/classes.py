"""Quasi-identifiers in classes: what singles out a person whom somebody knows, less finely.

Who may open no demande has amounts, surfaces and ages in classes (their lower bound) and days by
month. Columns keep their names and types: the queries that are written run, and say « about ».
Classes do not suffice: by guichet, month, age and sex half of the rows would stay alone. No age is
told of those that are under five of their kind.
"""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.contrat import Colonne
from infocentre.contrat.intitules import du_contrat
from infocentre.entrepot.relations import citer_nom

PAR_LIGNE = ("demandes", "journal", "messages", "plis", "voeux", "liens")  # of one row a fact
RARES = 5  # rows, of a kind
# What somebody who knows a person may know, and what is then hidden of a row under RARES.
CROISEMENTS = (
    "guichet_enregistreur date_creation annee_naiss_demandeur sexe_demandeur".split(),
    (
        "commune_log_actuel annee_naiss_demandeur sexe_demandeur situ_familiale_demandeur "
        "taille_menage"
    ).split(),
)
AGES = frozenset({"annee_naiss_demandeur", "age_demandeur_demande"})
REPERES = frozenset({"arrete", "vue_le"})  # days of deliveries, not of a person


def en_classe(table: str, colonne: str, type_sql: str) -> str | None:
    """Return the SQL of a column in classes, None when it is left as it is."""
    if table not in PAR_LIGNE or colonne in REPERES:
        return None
    if type_sql == "DATE":
        return _au_mois(colonne)
    source = du_contrat(table, colonne)
    if source is None or source.classe is None:
        return None
    return f"{_par(colonne, source.classe)}::{type_sql}"


def livree_en_classe(colonne: Colonne, valeur: str) -> str:
    """Return the SQL of a column of a delivery in the classes of the file, from that of its value.

    `valeur` is a birth date at its year, an age, or the column itself.
    """
    if colonne.type == "naissance":
        return f"make_date({_par(f'year({valeur})', colonne.classe or 1)}::BIGINT, 1, 1)"
    if colonne.type == "date":
        return _au_mois(valeur)
    if colonne.classe is None:
        return valeur
    return f"{_par(f'({valeur})', colonne.classe)}::{colonne.type_sql}"


def _au_mois(valeur: str) -> str:
    return f"date_trunc('month', {valeur})::DATE"


def _par(valeur: str, pas: float) -> str:
    return f"(floor({valeur} / {pas}) * {pas})"


def lues_en_classes(table: str, types: Mapping[str, str]) -> dict[str, str]:
    """Return the SQL of each column of a table in classes, rare ages hidden, by name.

    `types` are its columns and their types. It counts the rows that are read with it, so that a
    filter on them comes before.
    """
    lues = {nom: en_classe(table, nom, type_) or citer_nom(nom) for nom, type_ in types.items()}
    sortes = [[lues[nom] for nom in noms] for noms in CROISEMENTS if lues.keys() >= {*noms}]
    if table != "demandes" or not sortes:
        return lues
    comptes = ", ".join(f"count(*) OVER (PARTITION BY {', '.join(une)})" for une in sortes)
    rare = f"least({comptes}) < {RARES}"
    return lues | {nom: f"if({rare}, NULL, {lues[nom]})" for nom in AGES & lues.keys()}


def dire_classe(table: str, colonne: str, type_sql: str) -> str:
    """Say how a column is in classes, '' when it is not: « le mois », « par 250 »."""
    if en_classe(table, colonne, type_sql) is None:
        return ""
    source = du_contrat(table, colonne)
    dite = f"par {source.classe}" if source and source.classe else "au mois"
    rare = f", vide pour moins de {RARES} lignes semblables"
    return dite + (rare if table == "demandes" and colonne in AGES else "")

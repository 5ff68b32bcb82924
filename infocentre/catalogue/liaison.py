"""Bind every rule and population against the contract's schema, before any data is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from infocentre.catalogue.analyse import ErreurSql, colonnes_nommees, tables_nommees
from infocentre.catalogue.exigences import existe
from infocentre.catalogue.messages import en_francais
from infocentre.catalogue.modele import Catalogue, Indicateur, Population
from infocentre.catalogue.schema import evaluer_a_vide, types_colonnes
from infocentre.catalogue.sql import MARQUE, sql_comptes
from infocentre.contrat import contrat
from infocentre.noyau.erreurs import Refus

COLONNES_POPULATION = {
    "unite": "VARCHAR",
    "departement": "VARCHAR",
    "guichet": "VARCHAR",
    "arrete": "DATE",
    "mois": "VARCHAR",
    "jour": "DATE",
    "numero_unique": "VARCHAR",
}
ENTIERS = frozenset({"BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "TINYINT"})
_CORRIGER = "Corriger ce fichier du catalogue, puis recommencer."


def verifier(catalogue: Catalogue, fichiers: Mapping[str, str]) -> None:
    """Raise Refus for the first rule or population that cannot be bound (code → file name)."""
    for population in catalogue.populations.values():
        _verifier_population(population)
    for indicateur in catalogue.indicateurs.values():
        _verifier_noms(catalogue, indicateur, fichiers[indicateur.code])
    for nom in catalogue.populations:
        _verifier_regles(catalogue, nom, fichiers)


def _verifier_population(population: Population) -> None:
    fichier = f"{population.nom}.sql"
    try:
        tables = tables_nommees(population.sql)
        types = types_colonnes(population.sql)
    except (ErreurSql, duckdb.Error) as erreur:
        raise Refus(en_francais(str(erreur)), fichier, _CORRIGER) from None
    for colonne, attendu in COLONNES_POPULATION.items():
        if types.get(colonne) != attendu:
            trouve = types.get(colonne, "absente")
            quoi = f"colonne « {colonne} » : {attendu} attendu ({trouve})"
            raise Refus(quoi, fichier, _CORRIGER)
    _verifier_exigences(population.requiert, tables, fichier)


def _verifier_noms(catalogue: Catalogue, un: Indicateur, fichier: str) -> None:
    population = catalogue.populations.get(un.population)
    if population is None:
        connues = ", ".join(sorted(catalogue.populations))
        quoi = f"champ « population » : « {un.population} » n'existe pas"
        raise Refus(quoi, fichier, f"Choisir une population parmi : {connues}.")
    if population.nature == "stock" and not un.a_corriger:
        quoi = "champ « remede » : une unité d'un stock est là à chaque arrêté, non un fait passé"
        raise Refus(quoi, fichier, "Écrire « remede: corriger », ou choisir un flux.")
    if population.nature != "stock" and un.sortie_corrige:
        quoi = "champ « sortie_corrige » : on ne sort que d'un stock"
        raise Refus(quoi, fichier, "L'effacer : un acte est corrigé quand il n'est plus listé.")
    _verifier_exigences(un.requiert, tables_nommees(population.sql), fichier)
    for champ, expression in _expressions(un):
        try:
            colonnes_nommees(expression)
        except ErreurSql as erreur:
            raise _refus_regle(champ, str(erreur), fichier) from None
    _verifier_explication(un, types_colonnes(population.sql), fichier)
    _verifier_gravite(un, population.sql, fichier)


def _verifier_gravite(un: Indicateur, population: str, fichier: str) -> None:
    if un.gravite is None:
        return
    try:
        (type_sql,) = _types(population, [un.gravite.mesure])
    except duckdb.Error as erreur:
        raise _refus_regle("gravite", str(erreur), fichier) from None
    if type_sql not in ENTIERS:
        message = f"un nombre entier est attendu, pas un {type_sql}"
        raise _refus_regle("gravite", message, fichier)


def _verifier_exigences(exigences: tuple[str, ...], tables: frozenset[str], ou: str) -> None:
    for exigence in exigences:
        if not existe(exigence, tables):
            quoi = f"champ « requiert » : « {exigence} » n'est pas dans le contrat de données"
            raise Refus(quoi, ou, "Écrire « table », « table.colonne » ou « colonne ».")


def _verifier_explication(un: Indicateur, types: dict[str, str], fichier: str) -> None:
    for nom in MARQUE.findall(un.explication):
        if nom not in types:
            quoi = f"champ « explication » : la population n'a pas de colonne « {nom} »"
            raise Refus(quoi, fichier, _CORRIGER)
        if nom in _colonnes_personnelles():
            quoi = f"champ « explication » : « {nom} » est une donnée personnelle"
            raise Refus(quoi, fichier, "Décrire l'anomalie sans cette donnée.")
    if "{" in (reste := MARQUE.sub("", un.explication)) or "}" in reste:
        quoi = "champ « explication » : accolade isolée, « {colonne} » est attendu"
        raise Refus(quoi, fichier, _CORRIGER)


def _verifier_regles(catalogue: Catalogue, nom: str, fichiers: Mapping[str, str]) -> None:
    indicateurs = catalogue.de_population(nom)
    if not indicateurs:
        return
    try:
        types = _types_regles(catalogue, indicateurs)
    except duckdb.Error:
        for un in indicateurs:
            _verifier_une_regle(catalogue, un, fichiers[un.code])
        raise
    for (un, champ, _), type_sql in zip(_regles(indicateurs), types, strict=True):
        _exiger_condition(champ, type_sql, fichiers[un.code])


def _verifier_une_regle(catalogue: Catalogue, un: Indicateur, fichier: str) -> None:
    for champ, expression in _expressions(un):
        sql = catalogue.populations[un.population].sql
        try:
            type_sql = _types(sql, [expression])[0]
            types_colonnes(f"select 1 as un from (\n{sql}\n) where ({expression}\n)")
        except duckdb.Error as erreur:
            raise _refus_regle(champ, str(erreur), fichier) from None
        _exiger_condition(champ, type_sql, fichier)


def _exiger_condition(champ: str, type_sql: str, fichier: str) -> None:
    if type_sql != "BOOLEAN":
        raise _refus_regle(champ, f"une condition est attendue, pas un {type_sql}", fichier)


def _refus_regle(champ: str, message: str, fichier: str) -> Refus:
    return Refus(f"champ « {champ} » : {en_francais(message)}", fichier, _CORRIGER)


def _types_regles(catalogue: Catalogue, indicateurs: tuple[Indicateur, ...]) -> list[str]:
    population = indicateurs[0].population
    types_colonnes(sql_comptes(catalogue, population))
    expressions = [expression for _, _, expression in _regles(indicateurs)]
    return _types(catalogue.populations[population].sql, expressions)


def _types(sql: str, expressions: list[str]) -> list[str]:
    evaluer_a_vide(expressions, types_colonnes(sql))
    colonnes = ", ".join(f"({une}\n) as c{rang}" for rang, une in enumerate(expressions))
    return list(types_colonnes(f"select {colonnes} from (\n{sql}\n) as population").values())


def _regles(indicateurs: tuple[Indicateur, ...]) -> Iterator[tuple[Indicateur, str, str]]:
    for un in indicateurs:
        for champ, expression in _expressions(un):
            yield un, champ, expression


def _expressions(un: Indicateur) -> Iterator[tuple[str, str]]:
    if un.applicable is not None:
        yield "applicable", un.applicable
    yield "anomalie", un.anomalie


def _colonnes_personnelles() -> frozenset[str]:
    return frozenset(
        colonne.champ
        for table in contrat().tables.values()
        for colonne in table.colonnes
        if colonne.personnelle
    )

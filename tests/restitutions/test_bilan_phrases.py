"""The figures within the sentences of a bilan: each is that of the published tables.

A sentence carries no code as a cell does: a figure is looked for by what it is beside, the two
counts of a ratio in one row, or as a part of a column and its total.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.lecture.commun import valeurs
from infocentre.lecture.lecteur import Lecture, Ligne
from infocentre.mesures import sql_lecture_tableau
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temps import mois_avant
from infocentre.restitutions import bilan
from infocentre.restitutions.document import (
    Bloc,
    Chiffres,
    Liste,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition

NOMBRE = r"\d{1,3}(?:\u202f\d{3})*"
UNITE = r"(?:[\u00a0 ][a-zéè]+){0,2}"
RAPPORT = re.compile(
    rf"({NOMBRE}){UNITE}[\u00a0 ]sur[\u00a0 ]({NOMBRE})(?:(?: \(|, soit )(\d+,\d)\u202f%)?"
)
TAUX = re.compile(rf"(\d+,\d)\u202f%(?:\*\*)? [^%;()]*\(({NOMBRE}) sur ({NOMBRE})\)")
PART = re.compile(rf"(?<!sur[\u00a0 ])\b({NOMBRE}) \((\d+,\d)\u202f%\)")
COMPTE = re.compile(rf"({NOMBRE})\u00a0(?:demande|attribution|dépôt|radiée)")
MESURE = re.compile(r"(\d+,\d)(?:\u00a0mois| demandes pour une attribution)")
ENSEMBLES = 4  # categories that a sentence adds up at most, neighbours but for these
EN_EMPLOI = ("CDI", "CDD", "ART", "APP")
Couple = tuple[int, int]
Publies = dict[tuple[str, str], list[Ligne]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence, and the standard tables printed in its section: it speaks of them."""

    texte: str
    codes: frozenset[str]


@pytest.fixture(scope="session")
def phrases(edition_demo: Edition) -> list[Phrase]:
    """What is said within the service, but of rejected lines, which are of no table."""
    ailleurs = re.compile(r"lignes?[\u00a0 ]sur")
    interne = bilan.Contexte(edition_demo, partage=False)
    return [
        Phrase(texte, frozenset(_codes(section)))
        for _, section in bilan.construire(edition_demo, interne).toutes_sections()
        for bloc in section.blocs
        for texte in _textes(bloc)
        if not ailleurs.search(texte)
    ]


def _textes(bloc: Bloc) -> Iterator[str]:
    if isinstance(bloc, Paragraphe):
        yield bloc.texte
    elif isinstance(bloc, Liste):
        yield from bloc.points
    elif isinstance(bloc, Chiffres):
        yield from (un.sur for un in bloc.chiffres)


def _codes(section: Section) -> set[str]:
    """Return the standard tables of a section, all of them when it prints none."""
    trouves = {
        cellule.origine.code
        for bloc in section.blocs
        if isinstance(bloc, Tableau)
        for ligne in bloc.lignes
        for cellule in ligne
        if cellule.origine
    } & tableaux().keys()
    return trouves or set(tableaux())


@pytest.fixture(scope="session")
def publies(version_demo: Lecture, edition_demo: Edition) -> Publies:
    """Every standard table of the month and of a year before, unmasked, by code and month."""
    mois = (edition_demo.mois, mois_avant(edition_demo.mois, 12))
    return {
        (code, un): version_demo.lignes(
            sql_lecture_tableau(code), {"departement": edition_demo.departement, "mois": un}
        )
        for code in tableaux()
        for un in mois
    }


@pytest.fixture(scope="session")
def anomalies(version_demo: Lecture, edition_demo: Edition) -> set[Couple]:
    """The anomalies and effectif of each indicator anywhere, in the month and a year before."""
    e, codes = edition_demo, lire_catalogue().indicateurs
    lues = [
        une
        for mois in (e.mois, mois_avant(e.mois, 12))
        for niveau in ("departement", "type", "organisme")
        for une in valeurs(version_demo, e.departement, mois, niveau=niveau)
    ]
    return {
        couple
        for une in lues
        if une["code"] in codes
        for couple in (
            (une["numerateur"] or 0, une["denominateur"] or 0),
            (une["numerateur_12m"] or 0, une["denominateur_12m"] or 0),
        )
    }


def entier(ecrit: str) -> int:
    return int(ecrit.replace("\u202f", ""))


def test_un_pourcentage_est_celui_des_deux_nombres_qui_l_accompagnent(
    phrases: list[Phrase],
) -> None:
    lus = [un for phrase in phrases for un in RAPPORT.findall(phrase.texte) if un[2]]
    lus += [(n, d, taux) for phrase in phrases for taux, n, d in TAUX.findall(phrase.texte)]
    assert len(lus) > 15
    for n, d, taux in lus:
        assert f"{100 * entier(n) / entier(d):.1f}".replace(".", ",") == taux, (n, d, taux)


def test_les_deux_nombres_d_un_rapport_sont_ensemble_dans_un_tableau_publie(
    phrases: list[Phrase], publies: Publies, anomalies: set[Couple]
) -> None:
    lus = 0
    for phrase in phrases:
        for ecrit_n, ecrit_d, _ in RAPPORT.findall(phrase.texte):
            n, d = entier(ecrit_n), entier(ecrit_d)
            connu = (n, d) in anomalies or any(
                _contient(lignes, n, d)
                for (code, _), lignes in publies.items()
                if code in phrase.codes
            )
            assert connu, f"{n} sur {d} : {phrase.texte}"
            lus += 1
    assert lus > 15


def test_une_part_est_celle_d_un_total_publie(phrases: list[Phrase], publies: Publies) -> None:
    """« 4 570 (22,8 %) »: of the total of a table of the section, categories of it."""
    lus = 0
    for phrase in phrases:
        for ecrit, taux in PART.findall(phrase.texte):
            n = entier(ecrit)
            assert any(
                f"{100 * n / total:.1f}".replace(".", ",") == taux and _contient(lignes, n, total)
                for (code, _), lignes in publies.items()
                if code in phrase.codes
                for une in lignes
                if une.get("code") == "*" and (total := une.get("total"))
            ), f"{ecrit} ({taux}) : {phrase.texte}"
            lus += 1
    assert lus > 5


def _contient(lignes: list[Ligne], n: int, d: int) -> bool:
    """Tell whether a table says « n sur d »: in a row, or parts of a column and their total."""
    if any({n, d} <= set(_entiers(une)) for une in lignes):
        return True
    totaux = [
        une for une in lignes if une.get("code") in {"*", "RADIATIONS"} or _obtenue(une) == "*"
    ]
    parts = [une for une in lignes if une not in totaux]
    groupes = [
        parts[i : i + combien]
        for combien in range(1, ENSEMBLES + 1)
        for i in range(len(parts) - combien + 1)
    ]
    groupes.append([une for une in parts if une.get("code") in EN_EMPLOI])
    groupes.append([une for une in parts if _obtenue(une) not in {None, "NR"}])
    return any(
        sum(une[nom] or 0 for une in groupe) == n
        for nom in {nom for une in totaux for nom, valeur in une.items() if valeur == d}
        for groupe in groupes
    )


def _obtenue(une: Ligne) -> Any:
    """Return the typology that was both wanted and attributed, None where they differ."""
    obtenue = une.get("code_attribue")
    return obtenue if obtenue == une.get("code_recherche") else None


def _entiers(une: Ligne) -> Iterator[Any]:
    return (v for v in une.values() if isinstance(v, int))


def test_un_compte_et_une_duree_sont_dans_un_tableau_publie(
    phrases: list[Phrase], publies: Publies
) -> None:
    toutes = [v for lus in publies.values() for une in lus for v in une.values()]
    comptes = {v for v in toutes if isinstance(v, int)}
    mesures = {f"{v:.1f}".replace(".", ",") for v in toutes if isinstance(v, float)}
    dits = [un for phrase in phrases for un in COMPTE.findall(phrase.texte)]
    assert len(dits) > 15
    assert [un for un in dits if entier(un) not in comptes] == []
    durees = [un for phrase in phrases for un in MESURE.findall(phrase.texte)]
    assert durees
    assert [un for un in durees if un not in mesures] == []

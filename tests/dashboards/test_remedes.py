"""Corriger or constater, on every page: no past fact is said to be « à corriger »."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import MOTS, Indicateur
from infocentre.entrepot import Dossier
from infocentre.exports import Donnees, en_octets
from infocentre.lecture import fiche as fiches
from infocentre.lecture import remise
from infocentre.lecture.commun import indicateurs, registre
from infocentre.lecture.demandes import Choix
from infocentre.lecture.fiche import lire_fiche, priorites
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.remise import donnees_a_remettre
from infocentre.restitutions.recit import raconter
from tests.dashboards.listes import table
from tests.dashboards.test_fiche import MOIS, fiche, ligne
from tests.dashboards.vues import Ecran

Afficher = Callable[[str], Ecran]
TOUS = [pytest.param(un, id=un.code) for un in indicateurs()]
RETARD, BAIL = "ENR_DELAI", "ATT_BAIL_NR"
LISTES = {"corriger": "À corriger", "constater": "À ne plus refaire"}
DITS = {
    "corriger": "Une fois corrigé dans le SNE, un cas quitte la liste à la livraison suivante.",
    "constater": "Ces faits sont passés et ne se corrigent pas",
}


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Lecture:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    return Lecture(ouverte, TOUT)


def lu(ecran: Ecran) -> str:
    """Return the text of a page with plain spaces and apostrophes."""
    return " ".join(ecran.texte.replace("’", "'").split())


# --- Each indicator, on its page, its list, in the choice of a list -------------------------------


@pytest.mark.parametrize("un", TOUS)
def test_the_page_of_an_indicator_says_its_remedy(afficher: Afficher, un: Indicateur) -> None:
    texte = lu(afficher(f"/indicateurs/{un.code}"))
    autre = {"corriger": "constater", "constater": "corriger"}[un.remede]
    assert f"{LISTES[un.remede]}. {DITS[un.remede]}" in texte
    assert f"{LISTES[autre]}. " not in texte
    assert ("Ce qui reste possible" in texte) == (un.encore_possible is not None)


@pytest.mark.parametrize("un", TOUS)
def test_the_list_of_an_indicator_says_its_remedy(afficher: Afficher, un: Indicateur) -> None:
    texte = lu(afficher(f"/demandes?code={un.code}"))
    assert f"{LISTES[un.remede]}. {DITS[un.remede]}" in texte
    if un.a_corriger:
        assert "comment corriger" in texte
    else:
        assert "comment ne plus le refaire" in texte
        assert "Rien à corriger" not in texte
        assert " ouverte " not in texte


def test_the_choice_of_a_list_says_what_its_cases_are(afficher: Afficher) -> None:
    lignes = table(afficher("/demandes"), "Choisir un indicateur")
    dits = {une[1]: une[-1] for une in lignes if len(une) > 1}
    assert dits == {un.code: LISTES[un.remede].lower() for un in indicateurs()}


# --- The workbook of a guichet --------------------------------------------------------------------


def unite(_v: Any, _livraison: Any, choix: Choix, **_: Any) -> tuple[int, list[dict[str, Any]]]:
    """One unit in anomaly, whatever the indicator."""
    textes = dict.fromkeys(("guichet", "gestionnaire", "constat", "explication"), choix.code)
    numeros = dict.fromkeys(("numero_unique", "unite"), choix.code)
    return 1, [{"code": choix.code, "jour": None, "premier_mois": MOIS, **textes, **numeros}]


@pytest.fixture
def remises(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], Donnees]:
    """What is handed over to a guichet that has one unit in anomaly of every indicator."""
    monkeypatch.setattr(remise, "livraison_controlee", lambda *_: None)
    monkeypatch.setattr(remise, "anomalies", unite)
    monkeypatch.setattr(remise, "mois_charges", lambda *_: [MOIS])
    monkeypatch.setattr(remise, "noms_guichets", lambda *_: {})
    tous = fiche({un.code: ligne(1, 20, "rouge") for un in indicateurs()})
    return lambda code: donnees_a_remettre(None, tous, code)  # type: ignore[arg-type]


@pytest.mark.parametrize("un", TOUS)
def test_each_indicator_is_in_its_sheet_of_the_workbook(
    remises: Callable[[str | None], Donnees], un: Indicateur
) -> None:
    classeur = openpyxl.load_workbook(io.BytesIO(en_octets(remises(None), "xlsx")))
    assert classeur.sheetnames == ["À corriger", "À ne plus refaire", "Lecture"]
    feuilles = {
        nom: {rangee[0]: rangee for rangee in classeur[nom].iter_rows(values_only=True)}
        for nom in LISTES.values()
    }
    ou = [nom for nom, rangees in feuilles.items() if un.code in rangees]
    assert ou == ([LISTES[un.remede]] if un.imputable == "guichet" else [])
    if ou:
        entete, rangee = feuilles[ou[0]]["Numéro unique"], feuilles[ou[0]][un.code]
        dite = dict(zip(entete, rangee, strict=True))
        assert dite[ou[0]] == un.libelle
        if un.a_corriger:
            assert dite["Ce qu'il faut faire"] == un.correction
            assert dite["Avant le"] == dt.datetime(2026, 11, 30)  # noqa: DTZ001
        else:
            possible = un.encore_possible or "Rien n'est à reprendre sur les cas passés."
            assert dite["Ce qui reste possible"].lower() == possible.lower()


def test_the_workbook_says_until_when_and_whom_to_ask(
    remises: Callable[[str | None], Donnees],
) -> None:
    note = remises(None).note
    assert "avant le 30/11/2026, date du prochain arrêté" in note
    assert "Questions : le gestionnaire territorial du département." in note


def test_one_indicator_alone_has_its_sheet_alone(remises: Callable[[str | None], Donnees]) -> None:
    passe, bail = remises(RETARD), remises(BAIL)
    assert (passe.titre, passe.autres) == (f"À ne plus refaire – Un guichet – {RETARD}", ())
    assert (bail.titre, bail.autres) == (f"À corriger – Un guichet – {BAIL}", ())
    assert remises(None).titre == "À corriger et à ne plus refaire – Un guichet"


def test_without_sheets_csv_and_json_say_the_list(
    remises: Callable[[str | None], Donnees],
) -> None:
    lues = list(
        csv.DictReader(io.StringIO(en_octets(remises(None), "csv").decode()), delimiter=";")
    )
    listes = {une["codes"]: une["liste"] for une in lues}
    assert listes == {
        un.code: LISTES[un.remede] for un in indicateurs() if un.imputable == "guichet"
    }
    objets = json.loads(en_octets(remises(None), "json"))
    assert {une["liste"] for une in objets} == set(LISTES.values())
    assert "liste" not in json.loads(en_octets(remises(RETARD), "json"))[0]


# --- The page of a guichet ------------------------------------------------------------------------


def test_a_past_fact_is_never_to_be_corrected() -> None:
    """Of 3 open, 9 past facts and 7 of context, 3 are to be corrected."""
    une = fiche(
        {
            BAIL: ligne(3, 30, "orange"),
            RETARD: ligne(9, 30, "rouge"),
            "CPL_CONTACT": ligne(7, 30, "contexte", stock=True),
            "ATT_RPLS_NR": ligne(0, 30, "vert"),
            "ATT_DALO_NR": ligne(0, 30, "vert"),
        },
        suivies=(
            {"code": BAIL, "depuis": MOIS, "nouvelles": 1, "closes": 2, "sorties": 0},
            {"code": "ATT_DALO_NR", "depuis": None, "nouvelles": 0, "closes": 1, "sorties": 0},
        ),
    )
    assert [(un["code"], un["cas"], un["closes"]) for un in une.ouvertes] == [
        (BAIL, 3, 2),
        ("ATT_DALO_NR", 0, 1),
    ]
    assert [(un["code"], un["cas"]) for un in une.constats] == [(RETARD, 9)]
    assert [(un["code"], un["cas"]) for un in une.autres] == [("CPL_CONTACT", 7)]
    assert {un.un.code: un.compte for un in priorites(une)} == {
        RETARD: "9 constats passés, dont 9 ce mois-ci, à ne plus refaire",
        BAIL: "3 demandes à corriger",
    }


@pytest.mark.parametrize("guichet", ["G1302", "G1309", "G1301"])
def test_the_page_of_a_guichet_counts_apart_what_can_be_corrected(
    afficher: Afficher, v: Lecture, guichet: str
) -> None:
    filtres = Filtres("013", v.version.de("013")[-1].mois)
    lue = lire_fiche(v, filtres, "guichet", guichet)
    ecran = afficher(f"/guichet/{guichet}")
    for comptees, remede in ((lue.ouvertes, "corriger"), (lue.constats, "constater")):
        if comptees:
            mots = MOTS[remede]  # type: ignore[index]
            total = sum(une["cas"] for une in comptees)
            assert f"{total} {mots.des if total > 1 else mots.un}, par indicateur" in lu(ecran)
            lignes = table(ecran, f"{mots.titre} en ")
            assert sum(int(une[1]) for une in lignes) == total


def test_each_priority_says_its_remedy(afficher: Afficher, v: Lecture) -> None:
    """Whoever enters late has past facts, whoever leaves fields empty has something to correct."""
    filtres = Filtres("013", v.version.de("013")[-1].mois)
    vus: set[str] = set()
    for connu in registre(v, filtres.departement, filtres.mois):
        lue = lire_fiche(v, filtres, "guichet", connu["guichet"])
        toutes = priorites(lue)[: fiches.PRIORITES]
        if {une.un.remede for une in toutes} <= vus:
            continue
        vus |= {une.un.remede for une in toutes}
        texte = lu(afficher(f"/guichet/{connu['guichet']}"))
        for une in toutes:
            assert une.compte in texte
            assert une.un.encore in texte
    assert vus == {"corriger", "constater"}


def test_the_story_does_not_say_to_correct_a_past_fact() -> None:
    passe = " ".join(raconter(fiche({RETARD: ligne(30, 120, "rouge")})))
    bail = " ".join(raconter(fiche({BAIL: ligne(30, 120, "rouge")})))
    assert "À ne plus refaire d'abord : demandes saisies plus d'un mois" in passe
    assert "À corriger d'abord : attributions sans date" in bail


def test_the_life_of_a_demande_says_a_past_fact(afficher: Afficher, v: Lecture) -> None:
    numero = v.lignes(
        f"SELECT numero_unique FROM {v.suivi('013')} WHERE code = 'ATT_TARDIVE' "
        "AND statut <> 'close' ORDER BY premier_mois DESC, numero_unique LIMIT 1"
    )[0]["numero_unique"]
    (dite,) = (
        une
        for une in table(afficher(f"/demande/{numero}"), "Indicateurs dans")
        if une[0].startswith("Attributions enregistrées tardivement")
    )
    assert re.match(r"Bail signé le \S+, radiation le \S+, \d+ jours après", dite[1])
    assert dite[2] == "Rien n'est à reprendre sur les cas passés."
    assert dite[4] == "constat passé"


def test_the_published_follow_up_says_open_only_what_can_be_corrected(v: Lecture) -> None:
    passes = {un.code for un in indicateurs() if not un.a_corriger}
    lignes = v.lignes(f"SELECT DISTINCT code, statut, motif_cloture FROM {v.suivi('013')}")
    assert {une["statut"] for une in lignes if une["code"] in passes} <= {"constat passé", "close"}
    assert {une["statut"] for une in lignes if une["code"] not in passes} == {"ouverte", "close"}
    assert "corrigée" not in {une["motif_cloture"] for une in lignes if une["code"] in passes}

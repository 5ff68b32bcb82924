"""What the types of events say is what procedures declare: a name that no code reads needs none."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from infocentre.affaires import procedures
from infocentre.affaires.donnees import Donnees, verifier
from infocentre.affaires.modele import HORLOGE, Donnee, Transition
from infocentre.noyau.erreurs import Refus

LE = dt.date(2026, 11, 2)
TYPES = {"entier": int, "oui_non": bool} | dict.fromkeys(
    ("texte", "texte_long", "date", "heure", "choix", "guichet", "affaire"), str
)
DECLAREES = [
    (nom, donnee, f"{procedure.code}.{evenement}.{nom}")
    for procedure in procedures().values()
    for evenement, transition in procedure.evenements.items()
    for nom, donnee in transition.donnees.items()
]


def _faute(donnee: Donnee, genre: Any) -> str:
    """Say in what a type differs from what is declared."""
    if donnee.type in TYPES:
        return "" if genre is TYPES[donnee.type] else f"{genre}, not {TYPES[donnee.type]}"
    if get_origin(genre) is not list:
        return f"{genre}, not a list"
    if donnee.type == "liste":
        return ""
    siennes = get_type_hints(*get_args(genre))
    return "".join(
        f"{nom}: {_faute(colonne, siennes[nom])}" if nom in siennes else f"no {nom}"
        for nom, colonne in donnee.colonnes.items()
        if nom not in siennes or _faute(colonne, siennes[nom])
    )


@pytest.mark.parametrize(
    ("donnee", "genre", "faute"),
    [
        (Donnee(titre="Mois"), str, ""),
        (Donnee(titre="Mois"), int, "<class 'int'>, not <class 'str'>"),
        (Donnee(titre="Mois", type="lignes", colonnes={"a": Donnee(titre="A")}), str,
         "<class 'str'>, not a list"),
        (Donnee(titre="Mois", type="lignes", colonnes={"a": Donnee(titre="A")}), list[Donnees],
         "no a"),
    ],
)  # fmt: skip
def test_a_type_that_differs_is_seen(donnee: Donnee, genre: object, faute: str) -> None:
    assert _faute(donnee, genre) == faute


def test_events_carry_what_procedures_declare() -> None:
    types = get_type_hints(Donnees)
    horloge = next(iter(procedures().values())).regle(HORLOGE)
    assert types.keys() <= {nom for nom, _, _ in DECLAREES} | set(horloge.donnees)
    typees = [une for une in DECLAREES if une[0] in types]
    assert [(ou, dit) for nom, donnee, ou in typees if (dit := _faute(donnee, types[nom]))] == []


def test_an_event_that_only_says_something_says_it() -> None:
    regle = procedures()["conventions"].regle("preciser")
    vide: dict[str, Any] = {"categorie": "", "deliberation_le": None, "mandats": []}
    with pytest.raises(Refus, match="il manque « Catégorie") as leve:
        verifier(regle, vide, LE)
    assert leve.value.quoi.endswith(", « Délibération du » ou « Agit aussi pour »")
    assert verifier(regle, vide | {"categorie": "e"}, LE) == {"categorie": "e"}


def test_what_is_missing_is_said_once() -> None:
    """An event that only tells its way: « il manque « Par » ; il manque « Par » » asked for two."""
    accuser = procedures()["reclamations"].evenements["accuser"]
    with pytest.raises(Refus) as leve:
        verifier(accuser, {"canal": ""}, LE)
    assert leve.value.quoi == "il manque « Par »"


@pytest.mark.parametrize(
    ("quand", "dit", "faute"),
    [
        ("passe", "2026-11-02", ""),
        ("passe", "2026-11-03", "le 03/11/2026 n'est pas encore passé"),
        ("passe", "20261101", ""),  # written without its dashes
        ("a_venir", "2026-11-02", ""),
        ("a_venir", "2026-11-01", "le 01/11/2026 est passé"),
        (None, "2099-01-01", ""),
    ],
)
def test_a_date_has_come_or_is_to_come_as_its_procedure_says(
    quand: Any, dit: str, faute: str
) -> None:
    """Of a field, and of a column of rows."""
    date = Donnee(titre="Vue le", type="date", jour=quand)
    lignes = Donnee(titre="Faits", type="lignes", colonnes={"le": date})
    regle = Transition(titre="Voir", de=("vue",), donnees={"le": date, "faits": lignes})
    portees = {"le": dit, "faits": [{"le": dit}]}
    if not faute:
        assert verifier(regle, portees, LE) == portees
        return
    with pytest.raises(Refus) as leve:
        verifier(regle, portees, LE)
    assert leve.value.quoi == f"« Vue le » : {faute} ; « Faits » : ligne 1, « Vue le » : {faute}"

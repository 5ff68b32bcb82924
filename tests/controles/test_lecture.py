"""What pages say of a validation, from hand-written ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from infocentre.controles.lecture import lire_controle, periodes
from infocentre.controles.validation import Resultat, Validation
from infocentre.noyau.francais import pourcent, pourcentage


def mois(significatifs: int, rouges: str = "", a_traiter: str = "") -> dict[str, Any]:
    return {
        "significatifs": significatifs,
        "rouges": rouges.split(),
        "a_traiter": a_traiter.split(),
    }


def resultat(
    code: str, details: dict[str, Any], non_juges: dict[str, str] | None = None
) -> Resultat:
    return {
        "expectation_config": {"kwargs": {"code": code, "libelle": f"Lib {code}", "mostly": 0.9}},
        "result": {"details": details, "non_juges": non_juges or {}},
    }


def validation(*resultats: Resultat) -> Validation:
    return {
        "suite_name": "indicateurs",
        "meta": {
            "run_id": {"run_name": "controle", "run_time": "2026-11-25T23:30:00+00:00"},
            "great_expectations_version": "1.24.1",
        },
        "results": list(resultats),
    }


@pytest.fixture
def heure_de_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "CET-1")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("heure_de_paris")
def test_the_day_is_the_one_of_the_people_who_read() -> None:
    assert f"{lire_controle(validation()).moment:%d/%m/%Y %H:%M}" == "26/11/2026 00:30"


def test_indicators_that_fail_come_first_then_the_lowest_shares() -> None:
    controle = lire_controle(
        validation(
            resultat("PLEIN", {"013 2026-10": mois(10)}),
            resultat("RIEN", {}, {"013 2026-10": "effectif_insuffisant"}),
            resultat("MOYEN", {"013 2026-10": mois(10, "A")}),
            resultat("BAS", {"013 2026-10": mois(10, "A B")}),
            resultat("NUL", {"013 2026-10": mois(10, "A", "B C D")}),
        )
    )
    assert [(un.bilan.code, un.etat) for un in controle.ranges] == [
        ("NUL", "non_conforme"),
        ("BAS", "non_conforme"),
        ("MOYEN", "conforme"),
        ("PLEIN", "conforme"),
        ("RIEN", "non_juge"),
    ]


@pytest.mark.parametrize(
    ("details", "quand"),
    [
        ({"013 2026-10": mois(10)}, "octobre 2026, dép.\u00a0013"),
        ({"013 2026-09": mois(9), "013 2026-10": mois(10)}, "tous les mois, dép.\u00a0013"),
        ({"013 2026-10": mois(9), "083 2026-10": mois(10)}, "tous les mois et départements"),
        (
            {"013 2026-09": mois(4, "A"), "083 2026-10": mois(4, "B"), "013 2026-10": mois(4)},
            "octobre 2026, dép.\u00a0083",
        ),
    ],
)
def test_the_lowest_month_is_named_the_latest_of_equals(
    details: dict[str, Any], quand: str
) -> None:
    (constat,) = lire_controle(validation(resultat("UN", details))).constats
    assert constat.quand == quand


def test_only_months_with_a_guichet_to_name_are_listed_the_latest_first() -> None:
    details = {"013 2026-08": mois(4, "A"), "013 2026-09": mois(4), "013 2026-10": mois(4, "", "B")}
    (constat,) = lire_controle(validation(resultat("UN", details))).constats
    assert [(un.mois, un.rouges, un.a_traiter) for un in constat.signales] == [
        ("2026-10", (), ("B",)),
        ("2026-08", ("A",), ()),
    ]


def test_months_that_were_not_judged_are_told_by_reason() -> None:
    non_juges = {
        "013 2026-08": "effectif_insuffisant",
        "013 2026-09": "non_calculable",
        "013 2026-10": "effectif_insuffisant",
    }
    controle = lire_controle(validation(resultat("UN", {}, non_juges)))
    assert controle.constats[0].motifs == [
        (
            "effectif insuffisant dans chaque guichet",
            ["août 2026, octobre 2026 (dép.\u00a0013)"],
        ),
        ("données non livrées, illisibles ou hors liste", ["septembre 2026 (dép.\u00a0013)"]),
    ]
    assert controle.mois == ["août 2026 à octobre 2026 (dép.\u00a0013)"]


def test_months_are_summed_up_by_runs_across_years_and_departements() -> None:
    assert periodes(
        [("083", "2027-01"), ("083", "2026-12"), ("013", "2026-05"), ("013", "2026-12")]
    ) == [
        "mai 2026, décembre 2026 (dép.\u00a0013)",
        "décembre 2026 à janvier 2027 (dép.\u00a0083)",
    ]


def test_shares_are_written_as_french_reads_them() -> None:
    assert pourcentage(0.9879518072) == "98,8\u202f%"
    assert [pourcent(part) for part in (0.9, 1, 0.925)] == [
        "90\u202f%",
        "100\u202f%",
        "92,5\u202f%",
    ]


def test_the_validation_of_a_control_that_stopped_is_not_read() -> None:
    arrete = resultat("UN", {})
    arrete["result"] = {}  # type: ignore[typeddict-item]
    with pytest.raises(KeyError):
        lire_controle(validation(arrete))

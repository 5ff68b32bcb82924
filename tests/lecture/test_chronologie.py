"""The life of a demande: a fact that several sources tell is one line."""

from __future__ import annotations

import datetime as dt

from infocentre.lecture.chronologie import reunir
from infocentre.lecture.lignes import Fait


def fait(jour: int, quoi: str, guichet: str | None, detail: str, source: str) -> Fait:
    """Return a fact of November 2026."""
    le = dt.date(2026, 11, jour)
    return {"le": le, "fait": quoi, "guichet": guichet, "detail": detail, "source": source}


def test_a_fact_told_by_the_demande_an_act_and_a_message_is_one() -> None:
    lus = reunir(
        [
            fait(2, "modification de la demande", "G1", "", "données"),
            fait(2, "renouvellement", "G1", "", "données"),
            fait(2, "acte : Renouvellement", "G1", "saisi le 07/11/2026", "journal, E1"),
            fait(2, "message : Renouvellement", "G1", "Accepté", "messages, M1"),
            fait(7, "modification de la demande", "G1", "", "données"),
        ]
    )
    assert lus == [
        fait(
            2,
            "renouvellement",
            "G1",
            "saisi le 07/11/2026 ; message : accepté",
            "données ; journal, E1 ; messages, M1",
        )
    ]


def test_a_preavis_has_its_pli_and_a_radiation_its_act() -> None:
    lus = reunir(
        [
            fait(1, "préavis simple", None, "", "données"),
            fait(1, "pli : Préavis simple", None, "Distribué le 04/11/2026", "plis, P1"),
            fait(3, "radiation : Attribution", "G1", "bail signé le 02/11/2026", "données"),
            fait(3, "acte : Radiation", "G1", "saisi le 03/11/2026", "journal, E2"),
        ]
    )
    assert [(un["fait"], un["detail"]) for un in lus] == [
        ("préavis simple", "pli : distribué le 04/11/2026"),
        ("radiation : Attribution", "bail signé le 02/11/2026 ; saisi le 03/11/2026"),
    ]


def test_what_differs_stays_apart() -> None:
    faits = [
        fait(1, "dépôt de la demande", "G1", "", "données"),
        fait(5, "modification de la demande", "G2", "", "données"),
        fait(5, "pli : Attestation d'enregistrement", None, "Distribué le 06/11/2026", "plis, P1"),
        fait(6, "acte : Modification", "G2", "saisi le 06/11/2026", "journal, E1"),
    ]
    assert [un["fait"] for un in reunir(faits)] == [
        "dépôt de la demande",
        "modification de la demande",
        "Attestation d'enregistrement",
        "Modification",
    ]

"""Months and semesters, counted and named as a calendar has them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import (
    bornes,
    dater,
    de_mois,
    fin_de_mois,
    mois_avant,
    mois_court,
    nom_mois,
    nom_semestre,
    periode,
    rang,
    semestre_du_mois,
)

RACINE = Path(__file__).parents[2]


def test_months_are_counted_from_one_year_to_another() -> None:
    assert [mois_avant("2026-03", n) for n in (1, 3, 15, -1, -10)] == [
        "2026-02",
        "2025-12",
        "2024-12",
        "2026-04",
        "2027-01",
    ]
    assert rang("2027-01") - rang("2026-11") == 2


def test_a_month_ends_on_the_right_day() -> None:
    fins = [fin_de_mois(un) for un in ("2026-02", "2028-02", "2026-12")]
    assert fins == [dt.date(2026, 2, 28), dt.date(2028, 2, 29), dt.date(2026, 12, 31)]


def test_a_month_is_named() -> None:
    assert [nom_mois("2026-08"), mois_court("2026-08")] == ["août 2026", "août 2026"]
    assert [de_mois(f"2026-{un}") for un in ("01", "04", "08", "10")] == [
        "de janvier 2026",
        "d'avril 2026",
        "d'août 2026",
        "d'octobre 2026",
    ]
    assert mois_court("T1 2026") == "T1 2026"


def test_a_list_says_its_dates() -> None:
    assert periode("2026-02", stock=True) == "à l'arrêté du 28/02/2026"
    assert periode("2026-02", stock=False) == "en février 2026"
    fin = periode("2026-02", stock=False, douze_mois=True)
    assert fin == "sur les 12 mois qui finissent en février 2026"


def test_a_semester_has_six_months() -> None:
    assert bornes(" 2026-s2 ") == ("2026-07", "2026-12")
    assert [semestre_du_mois(un) for un in ("2026-06", "2026-07")] == ["2026-S1", "2026-S2"]
    assert nom_semestre("2026-S1") == "1er semestre 2026"
    with pytest.raises(Refus, match="n'est pas un semestre"):
        bornes("2026-S3")


def test_a_date_is_written_in_letters() -> None:
    assert dater(dt.date(2026, 6, 30)) == "30 juin 2026"
    assert dater(dt.date(2026, 7, 1)) == "1er juillet 2026"


def test_no_page_says_de_octobre() -> None:
    """« celle de octobre 2026 » stood above the deliveries: `de_mois` elides."""
    assert [de_mois(un) for un in ("2026-08", "2026-10", "2026-06")] == [
        "d'août 2026",
        "d'octobre 2026",
        "de juin 2026",
    ]
    fautes = [
        fichier.name
        for dossier in ("infocentre", "dashboards")
        for fichier in (RACINE / dossier).rglob("*.py")
        if re.search(r"\b[Dd]e \{nom_mois\(", fichier.read_text("utf-8"))
    ]
    assert fautes == []

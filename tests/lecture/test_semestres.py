"""The months of a semester: what is added, the worst of them, and when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier, Version
from infocentre.lecture.lecteur import Lecteur, Lecture, VersionOuverte
from infocentre.lecture.semestres import IndicateurDuSemestre, semestre_des_indicateurs
from infocentre.noyau.etats import Etat

TZ, PLIS, ECHUES, TARDIVES = "RAD_SANS_PREAVIS", "PLI_NPAI", "REN_ECHUE", "ATT_TARDIVE"
# code, nature, imputable, tolerance_zero
REGLES = [
    (TZ, "flux", "gestionnaire", True),
    (PLIS, "flux", "gestionnaire", False),
    (ECHUES, "stock", "gestionnaire", False),
    (TARDIVES, "flux", "guichet", False),
]
TOUS = ("departement", "*")
# niveau, guichet, code, month, n, d, state of the month, state shown
VALEURS = [
    (*TOUS, TZ, "2025-12", 4, 30, "a_traiter", "a_traiter"),
    (*TOUS, TZ, "2026-01", 0, 40, "vert", "vert"),
    (*TOUS, TZ, "2026-02", 5, 60, "a_traiter", "a_traiter"),
    (*TOUS, TZ, "2026-03", 13, 50, "a_traiter", "a_traiter"),
    (*TOUS, TZ, "2026-04", 0, 45, "vert", "vert"),
    (*TOUS, TZ, "2026-06", 0, 39, "vert", "vert"),
    ("guichet", "G1", TZ, "2026-03", 13, 50, "contexte", "contexte"),
    (*TOUS, PLIS, "2026-01", 3, 10, "effectif_insuffisant", "vert"),
    (*TOUS, PLIS, "2026-02", 8, 100, "orange", "orange"),
    (*TOUS, PLIS, "2026-06", 9, 300, "vert", "orange"),
    (*TOUS, ECHUES, "2026-05", 30, 900, "orange", "orange"),
    (*TOUS, ECHUES, "2026-06", 20, 950, "vert", "vert"),
    ("organisme", "S1", ECHUES, "2026-06", 0, 0, "sans_objet", "sans_objet"),
    (*TOUS, TARDIVES, "2026-06", 9, 90, "orange", "orange"),
]


@pytest.fixture
def v(tmp_path: Path) -> Lecture:
    con = duckdb.connect()
    con.execute(
        "create table regles (code varchar, nature varchar, imputable varchar, "
        "tolerance_zero boolean, ordre integer); "
        "create table valeurs (niveau varchar, guichet varchar, code varchar, mois varchar, "
        "numerateur bigint, denominateur bigint, etat_mois varchar, etat varchar, "
        "departement varchar, type_guichet varchar)"
    )
    con.executemany(
        "insert into regles values (?, ?, ?, ?, ?)",
        [(*une, ordre) for ordre, une in enumerate(REGLES)],
    )
    con.executemany("insert into valeurs values (?, ?, ?, ?, ?, ?, ?, ?, '013', null)", VALEURS)
    return Lecture(VersionOuverte(Dossier(tmp_path), Version(), con), TOUT)


def lire(v: Lecture, mois: str = "2026-06") -> dict[str, IndicateurDuSemestre]:
    return {une.code: une for une in semestre_des_indicateurs(v, "013", mois)}


def test_anomalies_of_earlier_months_are_told_when_the_last_one_has_none(v: Lecture) -> None:
    une = lire(v)[TZ]
    assert (une.n, une.d) == (0 + 5 + 13 + 0 + 0, 40 + 60 + 50 + 45 + 39)
    assert une.taux == pytest.approx(18 / 234)
    assert (une.pire_mois, une.pire_n, une.pire_d) == ("2026-03", 13, 50)
    assert (une.etat_fin, une.etat_pire) == (Etat.VERT, Etat.A_TRAITER)


def test_a_month_that_is_not_published_has_its_place(v: Lecture) -> None:
    une = lire(v)[TZ]
    assert [un.mois for un in une.mois] == [f"2026-0{n}" for n in range(1, 7)]
    vert, mal = Etat.VERT, Etat.A_TRAITER
    assert une.etats == (vert, mal, mal, vert, None, vert)


def test_the_worst_month_of_what_is_tolerated_is_that_of_the_highest_rate(v: Lecture) -> None:
    une = lire(v)[PLIS]
    assert (une.n, une.d) == (20, 410)
    assert (une.pire_mois, une.pire_n, une.pire_d) == ("2026-01", 3, 10)
    assert (une.etat_fin, une.etat_pire) == (Etat.ORANGE, Etat.ORANGE)


def test_of_months_that_are_equal_none_is_the_most_touched(v: Lecture) -> None:
    """13 in March alone is the most; 13 in another month too, whatever it is out of, is a tie."""
    une = lire(v)[TZ]
    assert not une.ex_aequo
    *avant, juin = une.mois
    assert replace(une, mois=(*avant, replace(juin, n=13))).ex_aequo
    assert not replace(une, mois=tuple(replace(un, n=0) for un in une.mois)).ex_aequo


def test_a_stock_is_never_added_from_month_to_month(v: Lecture) -> None:
    une = lire(v)[ECHUES]
    assert (une.n, une.d, une.taux) == (None, None, None)
    assert (une.pire_mois, une.pire_n, une.pire_d) == ("2026-05", 30, 900)


def test_neither_what_is_not_judged_nor_the_indicators_of_guichets(v: Lecture) -> None:
    toutes = semestre_des_indicateurs(v, "013", "2026-06")
    assert [(une.code, une.niveau, une.cle) for une in toutes] == [
        (TZ, *TOUS),
        (PLIS, *TOUS),
        (ECHUES, *TOUS),
    ]


def test_a_semester_under_way_stops_at_the_month_read(v: Lecture) -> None:
    une = lire(v, "2026-02")[TZ]
    assert [(un.mois, un.n) for un in une.mois] == [("2026-01", 0), ("2026-02", 5)]
    assert (une.n, une.etat_fin) == (5, Etat.A_TRAITER)


def test_a_published_warehouse_gives_its_sums(entrepot_demo: Dossier) -> None:
    """Against a sum in SQL of what is published, over every place that has units."""
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    v = Lecture(ouverte, TOUT)
    mois = max(une.mois for une in v.version.de("013"))
    debut = f"{mois[:5]}{'01' if mois[5:] <= '06' else '07'}"
    attendues = v.tuples(
        "SELECT code, niveau, guichet, sum(numerateur)::bigint, sum(denominateur)::bigint "
        "FROM valeurs JOIN regles USING (code) WHERE departement = '013' AND nature = 'flux' "
        f"AND mois BETWEEN '{debut}' AND '{mois}' AND tolerance_zero AND etat <> 'contexte' "
        "GROUP BY ALL HAVING sum(denominateur) > 0"
    )
    lues = {
        (une.code, une.niveau, une.cle, une.n, une.d)
        for une in semestre_des_indicateurs(v, "013", mois)
        if une.tolerance_zero and une.d
    }
    assert lues == set(attendues)
    assert {une[1] for une in lues} >= {"departement", "organisme", "guichet"}

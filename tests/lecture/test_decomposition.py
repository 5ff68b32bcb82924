"""Why a rate moved: what was published, what came since, and who."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier, Version
from infocentre.lecture.decomposition import Explication, expliquer_mouvement
from infocentre.lecture.lecteur import Lecture, VersionOuverte
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.mesures.decomposition import Compte

MOIS = ("2025-06", "2026-06")
CODE = "ATT_TARDIVE"
# guichet, month, n, d of the window that the state rests on
VALEURS = [
    ("G1", "2025-06", 10, 100),
    ("G2", "2025-06", 20, 100),
    ("G1", "2026-06", 30, 100),
    ("G2", "2026-06", 10, 100),
]
# guichet, when, cause, n and d that were published before: of 15 % first 12 of 190, then 32 of 190
REVISIONS = [
    ("G1", "2025-09-01", "règle", 10, 90),
    ("G2", "2025-08-01", "livraison", 2, 100),
    ("G2", "2025-09-01", "règle", 22, 100),
]


@pytest.fixture
def v(tmp_path: Path) -> Lecture:
    con = duckdb.connect()
    con.execute(
        "create table triangle (departement varchar, code varchar, guichet varchar, "
        "mois_juge varchar, mois varchar, numerateur bigint, denominateur bigint); "
        "create table valeurs (niveau varchar, departement varchar, code varchar, guichet varchar, "
        "mois varchar, n_etat bigint, d_etat bigint, fenetre varchar, type_guichet varchar); "
        "create table revisions (niveau varchar, departement varchar, code varchar, "
        "guichet varchar, mois varchar, le timestamp, cause varchar, numerateur_avant bigint, "
        "denominateur_avant bigint, numerateur_12m_avant bigint, denominateur_12m_avant bigint)"
    )
    con.executemany(
        "insert into valeurs values ('guichet', '013', ?, ?, ?, ?, ?, '12m', null)",
        [(CODE, *une) for une in VALEURS],
    )
    con.executemany(
        "insert into revisions values ('guichet', '013', ?, ?, '2025-06', ?, ?, 0, 1, ?, ?)",
        [(CODE, *une) for une in REVISIONS],
    )
    return Lecture(VersionOuverte(Dossier(tmp_path), Version(), con), TOUT)


def parts(dite: Explication) -> float:
    return dite.livraisons + dite.regle + dite.tardives + dite.taux + dite.structure


def test_from_what_was_published_to_today(v: Lecture) -> None:
    """12 of 190 published; late entries make it 32 of 190, the rule 30 of 200; then 40 of 200."""
    dite = expliquer_mouvement(v, "013", CODE, MOIS)
    assert dite is not None
    assert (dite.publie, dite.avant, dite.apres) == (
        Compte(12, 190),
        Compte(30, 200),
        Compte(40, 200),
    )
    assert dite.complet == dite.avant
    assert dite.livraisons == pytest.approx(32 / 190 - 12 / 190)
    assert dite.regle == pytest.approx(30 / 200 - 32 / 190)
    # Both guichets keep their weight, a half: 20 points more, 10 points less.
    assert {une.guichet: une.taux for une in dite.parts} == pytest.approx({"G1": 0.1, "G2": -0.05})
    assert dite.structure == pytest.approx(0)
    assert (
        dite.livraisons + dite.regle + dite.tardives + dite.taux + dite.structure
        == pytest.approx(dite.ecart)
    )


def test_what_was_entered_afterwards(v: Lecture) -> None:
    """May is seen last in July, June in August: 10 more units in anomaly, then 10 without.

    From 30 of 200 to 40 of 220, then to 40 of 200: G1 has 15 of 105, G2 25 of 115.
    """
    v.ouverte.con.executemany(
        "insert into triangle values ('013', ?, ?, ?, ?, ?, ?)",
        [
            (CODE, guichet, juge, vu, n, d)
            for guichet, juge, vu, n, d in (
                ("G1", "2025-05", "2025-06", 4, 40),
                ("G1", "2025-06", "2025-06", 6, 60),
                ("G2", "2025-06", "2025-06", 20, 100),
                ("G1", "2025-05", "2025-07", 4, 45),
                ("G2", "2025-06", "2025-07", 25, 105),
                ("G1", "2025-06", "2025-07", 6, 60),
                ("G2", "2025-06", "2025-08", 25, 115),
                ("G1", "2025-06", "2025-08", 11, 60),
                ("*", "2025-06", "2025-08", 36, 175),
                ("G1", "2025-07", "2025-08", 99, 99),  # not of the window
                ("G1", "2025-06", "2026-07", 0, 1),  # after the later month
            )
        ],
    )
    dite = expliquer_mouvement(v, "013", CODE, MOIS)
    assert dite is not None
    assert (dite.avant, dite.complet, dite.apres) == (
        Compte(30, 200),
        Compte(40, 220),
        Compte(40, 200),
    )
    assert dite.tardives == pytest.approx(40 / 220 - 30 / 200)
    assert {une.guichet: une.avant for une in dite.parts} == {
        "G1": Compte(15, 105),
        "G2": Compte(25, 115),
    }
    assert parts(dite) == pytest.approx(dite.ecart, abs=1e-9)


def test_of_a_territory(v: Lecture) -> None:
    dite = expliquer_mouvement(v, "013", CODE, MOIS, frozenset({"G1"}))
    assert isinstance(dite, Explication)
    assert (dite.publie, dite.avant, dite.apres) == (
        Compte(10, 90),
        Compte(10, 100),
        Compte(30, 100),
    )
    assert [une.guichet for une in dite.parts] == ["G1"]


def test_without_a_rate(v: Lecture) -> None:
    assert expliquer_mouvement(v, "013", CODE, ("2024-06", "2026-06")) is None


def test_the_planted_guichets_come_first(entrepot_demo: Dossier) -> None:
    """The stories of the demonstration that begin or end within its months."""
    histoires = {"ATT_TARDIVE": "G1302", "ENR_ATTESTATION": "G1308", "ACC_DEPART_OUVERT": "G1307"}
    with ouvrir_pour(entrepot_demo, TOUT) as v:
        for code, guichet in histoires.items():
            dite = expliquer_mouvement(v, "013", code, ("2025-09", "2026-10"))
            assert dite is not None
            assert dite.parts[0].guichet == guichet, code
            assert parts(dite) == pytest.approx(dite.ecart, abs=1e-9)

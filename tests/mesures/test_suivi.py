"""Anomalies that live from month to month, whatever the order of loading."""

from __future__ import annotations

import random
from itertools import groupby

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infocentre.mesures import calculer_suivi
from tests.mesures.tables import ouvrir

Con = duckdb.DuckDBPyConnection
MOIS = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
TABLES = """
create table constats (
    code varchar, departement varchar, mois varchar, unite varchar, guichet varchar,
    numero_unique varchar, empreinte varchar
);
create table controles_courants (departement varchar, mois varchar, empreinte varchar);
create table presents (
    code_population varchar, departement varchar, mois varchar, unite varchar
);
create table valeurs (
    code varchar, departement varchar, mois varchar, niveau varchar, etat varchar
);
"""


@pytest.fixture
def suivi(con: Con) -> Con:
    con.execute(TABLES)
    return con


def controler(con: Con, mois: str, empreinte: str = "e1", etat: str = "vert") -> None:
    con.execute("insert into controles_courants values ('013', ?, ?)", [mois, empreinte])
    for code in ("STOCK_G", "STOCK_TZ", "FLUX_G", "FLUX_T"):
        con.execute(
            "insert into valeurs values (?, '013', ?, 'departement', ?)", [code, mois, etat]
        )


def constater(
    con: Con, code: str, mois: str, unite: str, guichet: str = "G1", empreinte: str = "e1"
) -> None:
    con.execute(
        "insert into constats values (?, '013', ?, ?, ?, ?, ?)",
        [code, mois, unite, guichet, unite, empreinte],
    )


def presenter(con: Con, mois: str, unite: str) -> None:
    con.execute("insert into presents values ('actives', '013', ?, ?)", [mois, unite])


def anomalies(con: Con, colonnes: str = "unite, premier_mois, dernier_mois, statut") -> object:
    calculer_suivi(con)
    return con.execute(f"select {colonnes} from suivi_anomalies order by all").fetchall()


VIE = "unite, premier_mois, dernier_mois, statut, motif_cloture, mois_cloture"


def test_open_until_the_newest_month_controlled(suivi: Con) -> None:
    for mois in MOIS[:2]:
        controler(suivi, mois)
        constater(suivi, "STOCK_G", mois, "u")
    assert anomalies(suivi, VIE) == [("u", MOIS[0], MOIS[1], "ouverte", None, None)]


def test_corrected_when_the_unit_is_still_there(suivi: Con) -> None:
    controler(suivi, MOIS[0])
    controler(suivi, MOIS[1])
    constater(suivi, "STOCK_G", MOIS[0], "u")
    presenter(suivi, MOIS[1], "u")
    assert anomalies(suivi, VIE) == [("u", MOIS[0], MOIS[0], "close", "corrigée", MOIS[1])]


def test_gone_when_the_unit_left_the_population(suivi: Con) -> None:
    controler(suivi, MOIS[0])
    controler(suivi, MOIS[1])
    constater(suivi, "STOCK_G", MOIS[0], "u")
    presenter(suivi, MOIS[0], "u")
    assert anomalies(suivi, VIE) == [("u", MOIS[0], MOIS[0], "close", "sortie", MOIS[1])]


def test_what_was_asked_to_leave_is_corrected_by_leaving(suivi: Con) -> None:
    """STOCK_TZ: an access to close. Still there and no longer in anomaly, it is corrected too."""
    controler(suivi, MOIS[0])
    controler(suivi, MOIS[1])
    for unite in ("ferme", "confirme"):
        constater(suivi, "STOCK_TZ", MOIS[0], unite)
    suivi.execute("insert into presents values ('acces', '013', ?, 'confirme')", [MOIS[1]])
    assert anomalies(suivi, VIE) == [
        (unite, MOIS[0], MOIS[0], "close", "corrigée", MOIS[1]) for unite in ("confirme", "ferme")
    ]


def test_an_anomaly_that_comes_back_is_another_one(suivi: Con) -> None:
    for mois in MOIS[:3]:
        controler(suivi, mois)
        presenter(suivi, mois, "u")
    constater(suivi, "STOCK_G", MOIS[0], "u")
    constater(suivi, "STOCK_G", MOIS[2], "u")
    assert anomalies(suivi) == [
        ("u", MOIS[0], MOIS[0], "close"),
        ("u", MOIS[2], MOIS[2], "ouverte"),
    ]


def test_a_month_that_was_not_controlled_does_not_close(suivi: Con) -> None:
    for mois in (MOIS[0], MOIS[2]):
        controler(suivi, mois)
        constater(suivi, "STOCK_G", mois, "u")
    assert anomalies(suivi) == [("u", MOIS[0], MOIS[2], "ouverte")]


def test_a_month_without_the_column_says_nothing(suivi: Con) -> None:
    controler(suivi, MOIS[0])
    controler(suivi, MOIS[1], etat="non_calculable")
    constater(suivi, "STOCK_G", MOIS[0], "u")
    assert anomalies(suivi, VIE) == [("u", MOIS[0], MOIS[0], "ouverte", None, None)]


def test_the_guichet_is_that_of_the_last_month(suivi: Con) -> None:
    for mois, guichet in zip(MOIS[:2], ("G1", "G2"), strict=True):
        controler(suivi, mois)
        constater(suivi, "STOCK_G", mois, "u", guichet)
    assert anomalies(suivi, "guichet, numero_unique") == [("G2", "u")]


def test_a_corrected_delivery_replaces_what_a_stock_month_said(suivi: Con) -> None:
    controler(suivi, MOIS[0], empreinte="e2")
    constater(suivi, "STOCK_G", MOIS[0], "effacee", empreinte="e1")
    constater(suivi, "STOCK_G", MOIS[0], "u", empreinte="e2")
    assert anomalies(suivi) == [("u", MOIS[0], MOIS[0], "ouverte")]


def test_a_flow_anomaly_is_corrected_by_its_own_month_only(suivi: Con) -> None:
    controler(suivi, MOIS[0], empreinte="e2")
    controler(suivi, MOIS[1])
    constater(suivi, "FLUX_G", MOIS[0], "corrigee", empreinte="e1")
    constater(suivi, "FLUX_G", MOIS[0], "reste", empreinte="e1")
    constater(suivi, "FLUX_G", MOIS[0], "reste", guichet="G2", empreinte="e2")
    assert anomalies(suivi, f"guichet, {VIE}") == [
        ("G1", "corrigee", MOIS[0], MOIS[0], "close", "corrigée", MOIS[0]),
        ("G2", "reste", MOIS[0], MOIS[0], "ouverte", None, None),
    ]


def test_a_past_fact_is_neither_open_nor_corrected(suivi: Con) -> None:
    """FLUX_T is a past fact: a corrected delivery that lists it no more withdraws it."""
    controler(suivi, MOIS[0], empreinte="e2")
    controler(suivi, MOIS[1])
    constater(suivi, "FLUX_T", MOIS[0], "retiree", empreinte="e1")
    constater(suivi, "FLUX_T", MOIS[0], "reste", empreinte="e2")
    constater(suivi, "FLUX_T", MOIS[1], "suivant")
    assert anomalies(suivi, VIE) == [
        ("reste", MOIS[0], MOIS[0], "constat passé", None, None),
        ("retiree", MOIS[0], MOIS[0], "close", "retirée", MOIS[0]),
        ("suivant", MOIS[1], MOIS[1], "constat passé", None, None),
    ]


def test_a_delivery_without_the_column_corrects_nothing(suivi: Con) -> None:
    controler(suivi, MOIS[0], empreinte="e2", etat="non_calculable")
    constater(suivi, "FLUX_G", MOIS[0], "u", empreinte="e1")
    assert anomalies(suivi) == [("u", MOIS[0], MOIS[0], "ouverte")]


HISTOIRES = st.lists(
    st.sampled_from(["anomalie", "présente", "absente", "non contrôlé"]), min_size=5, max_size=5
)


def attendu(histoire: list[str]) -> list[tuple[object, ...]]:
    """Tell the life of one unit of a stock in plain Python."""
    etapes = [(m, fait) for m, fait in zip(MOIS, histoire, strict=True) if fait != "non contrôlé"]
    vies: list[tuple[object, ...]] = []
    rang = 0
    for en_anomalie, groupe in groupby(etapes, key=lambda e: e[1] == "anomalie"):
        sejour = list(groupe)
        rang += len(sejour)
        if not en_anomalie:
            continue
        bornes = ("u", sejour[0][0], sejour[-1][0])
        if rang == len(etapes):
            vies.append((*bornes, "ouverte", None, None))
        else:
            mois, fait = etapes[rang]
            motif = "corrigée" if fait == "présente" else "sortie"
            vies.append((*bornes, "close", motif, mois))
    return vies


@given(histoire=HISTOIRES, graine=st.randoms(use_true_random=False))
def test_any_history_in_any_order_of_loading(histoire: list[str], graine: random.Random) -> None:
    ordre = [(m, fait) for m, fait in zip(MOIS, histoire, strict=True) if fait != "non contrôlé"]
    graine.shuffle(ordre)
    with ouvrir() as con:
        con.execute(TABLES)
        for mois, fait in ordre:
            controler(con, mois)
            if fait == "anomalie":
                constater(con, "STOCK_G", mois, "u")
            if fait != "absente":
                presenter(con, mois, "u")
        assert anomalies(con, VIE) == attendu(histoire)

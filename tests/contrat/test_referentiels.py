"""The reference data hold what the law's territories say (source: npm package, vintage 2026)."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

import infocentre
from infocentre.contrat.territoires import nom_epci_ici, noms_des_communes

REFERENTIELS = Path(infocentre.__file__).parent / "contrat" / "referentiels"
METROPOLE = "200054807"


@pytest.fixture(scope="module")
def base() -> duckdb.DuckDBPyConnection:
    """In-memory database with the two files as tables."""
    connexion = duckdb.connect()
    for table, fichier in (
        ("communes", "read_parquet('{}/communes.parquet')"),
        ("departements", "read_csv('{}/departements.csv', all_varchar = true)"),
    ):
        connexion.execute(f"create table {table} as from {fichier.format(REFERENTIELS)}")
    return connexion


def lignes(base: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    """All rows of a query."""
    return base.execute(sql).fetchall()


def test_communes_by_type(base: duckdb.DuckDBPyConnection) -> None:
    sql = "select type, count(*) from communes group by type order by type"
    assert lignes(base, sql) == [
        ("arrondissement-municipal", 45),
        ("commune-actuelle", 34969),
        ("commune-associee", 471),
        ("commune-deleguee", 1521),
    ]


def test_a_code_is_that_of_the_commune_of_today(base: duckdb.DuckDBPyConnection) -> None:
    sql = "select count(*), count(distinct code) from communes"
    assert lignes(base, sql) == [(37590 - 584, 37590 - 584)]
    # Annecy took in five communes in 2017; one of them, déléguée, kept the code of the new one.
    sql = "select nom, type from communes where code = '74010'"
    assert lignes(base, sql) == [("Annecy", "commune-actuelle")]


def test_what_the_source_does_not_say_is_null(base: duckdb.DuckDBPyConnection) -> None:
    sql = "select count(*) from communes as c where '' in (c.epci, c.arrondissement, c.nom)"
    assert lignes(base, sql) == [(0,)]
    sql = "select count(*), count(arrondissement) from communes where departement = '976'"
    assert lignes(base, sql) == [(17, 0)]


def test_the_bouches_du_rhone(base: duckdb.DuckDBPyConnection) -> None:
    sql = """
        select type, count(*), min(code), max(code) from communes
        where departement = '013' and type in ('commune-actuelle', 'arrondissement-municipal')
        group by type order by type
    """
    assert lignes(base, sql) == [
        ("arrondissement-municipal", 16, "13201", "13216"),
        ("commune-actuelle", 119, "13001", "13119"),
    ]


def test_the_arrondissements_of_the_bouches_du_rhone(base: duckdb.DuckDBPyConnection) -> None:
    sql = """
        select arrondissement, arrondissement_nom, count(*) from communes
        where departement = '013' and type = 'commune-actuelle' group by all order by all
    """
    assert lignes(base, sql) == [
        ("131", "Aix-en-Provence", 48),
        ("132", "Arles", 29),
        ("133", "Marseille", 21),
        ("134", "Istres", 21),
    ]


def test_the_epci_of_the_bouches_du_rhone(base: duckdb.DuckDBPyConnection) -> None:
    sql = "select distinct epci, epci_nom from communes where departement = '013' order by epci"
    assert lignes(base, sql) == [
        ("200035087", "CA Terre de Provence"),
        (METROPOLE, "Métropole d'Aix-Marseille-Provence"),
        ("241300375", "CC Vallée des Baux-Alpilles (CC VBA)"),
        ("241300417", "CA d'Arles-Crau-Camargue-Montagnette"),
    ]


def test_the_metropole_reaches_beyond_the_departement(base: duckdb.DuckDBPyConnection) -> None:
    sql = f"""
        select count(*), list(nom order by code) filter (departement <> '013') from communes
        where epci = '{METROPOLE}' and type = 'commune-actuelle'
    """
    assert lignes(base, sql) == [(92, ["Saint-Zacharie", "Pertuis"])]
    entiere = "Métropole d'Aix-Marseille-Provence"
    assert nom_epci_ici(METROPOLE, "083") == f"{entiere} (communes du Var)"
    assert nom_epci_ici(METROPOLE, "013") == f"{entiere} (communes des Bouches-du-Rhône)"
    assert nom_epci_ici(METROPOLE, "075") == entiere  # it has no commune there
    assert nom_epci_ici("241300375", "013") == "CC Vallée des Baux-Alpilles (CC VBA)"
    assert nom_epci_ici("", "013") == ""


@pytest.mark.parametrize(("code", "commune"), [("13201", "13055"), ("69381", "69123")])
def test_an_arrondissement_is_in_the_epci_of_its_commune(
    base: duckdb.DuckDBPyConnection, code: str, commune: str
) -> None:
    sql = f"select count(distinct epci) from communes where code in ('{code}', '{commune}')"
    assert lignes(base, sql) == [(1,)]


def test_departements_have_three_characters(base: duckdb.DuckDBPyConnection) -> None:
    sql = r"""
        select count(*) filter (zone <> 'com'), count(*),
            bool_and(regexp_full_match(code, '\d{3}|02[AB]'))
        from departements
    """
    assert lignes(base, sql) == [(101, 109, True)]


def test_each_commune_has_its_departement(base: duckdb.DuckDBPyConnection) -> None:
    sql = """
        select c.code from communes as c
        left join departements as d on d.code = c.departement and d.region = c.region
        where d.code is null
    """
    assert lignes(base, sql) == []


def test_the_vintage_is_known() -> None:
    millesime = json.loads((REFERENTIELS / "millesime.json").read_text("utf-8"))
    assert (millesime["millesime"], millesime["version"]) == (2026, "6.0.0")


def test_the_names_of_a_few_communes_are_read_without_the_list() -> None:
    voulus = {"13005": "Aubagne", "13201": "Marseille 1er Arrondissement"}
    inconnus = {un: un for un in ("", "99999", "13 005", "' or ''='")}
    assert noms_des_communes(voulus.keys() | inconnus.keys()) == voulus | inconnus
    assert noms_des_communes([""]) == {"": ""}

"""The real checkpoint of Great Expectations on a real DuckDB file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from infocentre.catalogue import Catalogue
from infocentre.controles import controler
from infocentre.mesures import Connexion, calculer_valeurs, compter
from infocentre.noyau.erreurs import Refus
from tests.controles.petit_controle import PREPARATION, lancer
from tests.mesures.petit_catalogue import catalogue, indicateur


def test_every_month_is_judged_by_the_share_of_guichets_that_conform(entrepot: Path) -> None:
    bilan = lancer(entrepot)
    par_code = {un.code: un for un in bilan.indicateurs}
    assert list(par_code) == list(catalogue().indicateurs)
    grand = par_code["TEST_GRAND"]
    assert [(m.mois, m.significatifs, m.rouges) for m in grand.mois] == [
        ("2026-09", 10, ()),
        ("2026-10", 10, ("G0",)),
    ]
    assert (grand.mostly, grand.part_conforme, grand.reussi) == (0.9, 0.9, True)


def test_one_guichet_too_many_fails_the_indicator_and_still_publishes(entrepot: Path) -> None:
    vus: list[int] = []
    bilan = lancer(entrepot, vus)
    zero = next(un for un in bilan.indicateurs if un.code == "TEST_ZERO")
    assert [(m.mois, m.a_traiter, m.part_conforme) for m in zero.mois] == [
        ("2026-10", ("G0",), 0.0)
    ]
    assert (zero.reussi, bilan.reussi) == (False, False)
    assert len(vus) == 1


def test_no_significant_guichet_is_a_success(entrepot: Path) -> None:
    with duckdb.connect(entrepot) as con:
        con.execute("delete from autres_source; delete from lignes_archives where unite > '2'")
    bilan = lancer(entrepot)
    assert all(un.mois == () and un.part_conforme is None for un in bilan.indicateurs)
    assert bilan.reussi


def test_what_was_published_is_in_the_file_and_the_file_is_closed(entrepot: Path) -> None:
    vus: list[int] = []
    lancer(entrepot, vus)
    with duckdb.connect(entrepot, read_only=True) as con:
        assert con.execute("select count(*) from publie").fetchone() == (vus[0],)
        assert con.execute("select count(*) from regles").fetchone() == (3,)


def test_each_population_is_counted_once_and_states_too(
    entrepot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infocentre.controles import attentes

    appels: Counter[str] = Counter()

    def compter_et_noter(con: Connexion, un: Catalogue, population: str) -> None:
        appels[population] += 1
        compter(con, un, population)

    def calculer_et_noter(con: Connexion) -> None:
        appels["valeurs"] += 1
        calculer_valeurs(con)

    monkeypatch.setattr(attentes, "compter", compter_et_noter)
    monkeypatch.setattr(attentes, "calculer_valeurs", calculer_et_noter)
    lancer(entrepot)
    assert appels == {"lignes": 1, "autres": 1, "valeurs": 1}


def test_a_rule_that_fails_is_named_and_nothing_is_published(entrepot: Path) -> None:
    faux = indicateur("TEST_FAUX", "lignes", "cast('x' || unite as integer) = 1")
    indicateurs = {**catalogue().indicateurs, "TEST_FAUX": faux}
    vus: list[int] = []
    with pytest.raises(Refus) as refus:
        lancer(entrepot, vus, catalogue().model_copy(update={"indicateurs": indicateurs}))
    assert vus == []
    assert "TEST_FAUX" in refus.value.quoi
    assert refus.value.ou == "expectations/TEST_FAUX.yml"
    assert "infocentre controler" in refus.value.que_faire
    assert "Traceback" not in str(refus.value)


def test_a_population_that_fails_is_named(entrepot: Path) -> None:
    with duckdb.connect(entrepot) as con:
        con.execute("drop table autres_source")
    vus: list[int] = []
    with pytest.raises(Refus, match=r"queries/populations/autres\.sql"):
        lancer(entrepot, vus)
    assert vus == []


def test_a_publication_that_fails_is_heard(entrepot: Path) -> None:
    def publier(_: Connexion) -> None:
        raise Refus("plus de place sur le disque")

    with duckdb.connect(entrepot) as con, pytest.raises(Refus, match="plus de place"):
        controler(con, catalogue(), entrepot.parent / "v", publier, preparation=PREPARATION)
    with duckdb.connect(entrepot, read_only=True) as con:
        assert con.execute("select 1").fetchone() == (1,)


def test_the_history_keeps_every_run_with_its_details(entrepot: Path) -> None:
    for _ in range(2):
        lancer(entrepot)
    fichiers = sorted((entrepot.parent / "validations" / "historique").rglob("*.json"))
    assert len(fichiers) == 2
    resultats = json.loads(fichiers[0].read_text(encoding="utf-8"))["results"]
    details = {r["expectation_config"]["kwargs"]["code"]: r["result"]["details"] for r in resultats}
    assert details["TEST_GRAND"]["013 2026-10"] == {
        "significatifs": 10,
        "part_conforme": 0.9,
        "rouges": ["G0"],
        "a_traiter": [],
    }


def test_a_month_without_significant_guichet_says_why(entrepot: Path) -> None:
    with duckdb.connect(entrepot) as con:
        con.execute("delete from lignes_archives where mois = '2026-10' and unite > '1'")
        con.execute(
            "update calculabilite set calculable = false "
            "where code = 'TEST_NUL' and mois = '2026-10'"
        )
    contexte = indicateur(
        "TEST_CONTEXTE", "lignes", "valeur > 10", imputable="contexte", seuils=None, mostly=None
    )
    with duckdb.connect(entrepot) as con:
        con.execute("insert into calculabilite values ('TEST_CONTEXTE', '013', '2026-09', true)")
    indicateurs = {**catalogue().indicateurs, "TEST_CONTEXTE": contexte}
    bilan = lancer(entrepot, un=catalogue().model_copy(update={"indicateurs": indicateurs}))
    assert {
        (un.code, mois.mois): mois.motif for un in bilan.indicateurs for mois in un.non_juges
    } == {
        ("TEST_GRAND", "2026-10"): "effectif_insuffisant",
        ("TEST_NUL", "2026-10"): "non_calculable",
        ("TEST_CONTEXTE", "2026-09"): "contexte",
        ("TEST_ZERO", "2026-09"): "sans_objet",
    }


def test_importing_the_package_does_not_import_great_expectations() -> None:
    programme = "import sys, infocentre.controles; print('great_expectations' in sys.modules)"
    sortie = subprocess.run(
        [sys.executable, "-c", programme], capture_output=True, text=True, check=True
    )
    assert sortie.stdout.strip() == "False"

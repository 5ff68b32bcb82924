"""The real checkpoint of Great Expectations on a real DuckDB file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from infocentre.catalogue import Catalogue
from infocentre.controles import Bilan, controler
from infocentre.erreurs import Refus
from infocentre.mesures import Connexion, calculer_valeurs, compter
from tests.mesures.petit_catalogue import catalogue, indicateur

SOURCE = (
    "(unite varchar, departement varchar, guichet varchar, arrete date, mois varchar, "
    "jour date, numero_unique varchar, valeur integer)"
)
MOIS = ("2026-09", "2026-10")


@pytest.fixture
def entrepot(tmp_path: Path) -> Path:
    """Ten guichets of 30 units a month; in October G0 has 9 units above 10, and a zero."""
    chemin = tmp_path / "entrepôt du mois.duckdb"
    with duckdb.connect(chemin) as con:
        con.execute("create table registre (departement varchar, mois varchar, guichet varchar, "
                    "nom varchar, type_guichet varchar, organisme varchar)")  # fmt: skip
        con.execute("create table calculabilite (code varchar, departement varchar, "
                    "mois varchar, calculable boolean)")  # fmt: skip
        con.execute(f"create table lignes_archives {SOURCE}; create table autres_source {SOURCE}")
        for mois in MOIS:
            for code in catalogue().indicateurs:
                con.execute("insert into calculabilite values (?, '013', ?, true)", [code, mois])
            con.execute(
                "insert into lignes_archives select i::varchar, '013', 'G' || (i % 10), "
                "last_day((? || '-01')::date), ?, (? || '-15')::date, null, "
                "if(? = '2026-10' and i % 10 = 0 and i < 90, 11, 5) from range(300) as t(i)",
                [mois, mois, mois, mois],
            )
        con.execute(
            "insert into autres_source values "
            "('z', '013', 'G0', '2026-10-31', '2026-10', '2026-10-31', null, 0)"
        )
    return chemin


# Temporary views belong to one connection: the checkpoint works only if each one has them.
PREPARATION = ["create temp view lignes_source as from lignes_archives"]


def lancer(
    entrepot: Path,
    vus: list[int] | None = None,
    un: Catalogue | None = None,
    *,
    pages: bool = False,
) -> Bilan:
    def publier(con: Connexion) -> None:
        lignes = con.execute("from valeurs_calculees").fetchall()
        con.execute("create or replace table publie as from valeurs_calculees")
        if vus is not None:
            vus.append(len(lignes))

    return controler(
        entrepot,
        un or catalogue(),
        entrepot.parent / "validations",
        publier,
        preparation=PREPARATION,
        pages=pages,
    )


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

    with pytest.raises(Refus, match="plus de place"):
        controler(entrepot, catalogue(), entrepot.parent / "v", publier, preparation=PREPARATION)
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


def test_a_run_killed_while_writing_does_not_stop_the_next(entrepot: Path) -> None:
    lancer(entrepot, pages=True)
    for fichier in (entrepot.parent / "validations" / "historique").rglob("*.json"):
        fichier.write_text('{"results": [{"succ', encoding="utf-8")
    bilan = lancer(entrepot, pages=True)
    assert bilan.page is not None
    assert bilan.page.read_text(encoding="utf-8").count("<a href=") == 2


def test_the_pages_ask_nothing_of_another_host(entrepot: Path) -> None:
    page = lancer(entrepot, pages=True).page
    assert page is not None
    textes = {
        fichier: fichier.read_text(encoding="utf-8")
        for fichier in page.parent.rglob("*")
        if fichier.suffix in {".html", ".css", ".js"}
    }
    assert len([fichier for fichier in textes if fichier.suffix == ".html"]) == 2
    dehors = re.compile(
        r"(?:src|href|srcset|action)\s*=\s*[\"']?\s*(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//"
        r"|@import|<script",
        re.IGNORECASE,
    )
    assert {f: trouve[0] for f, t in textes.items() if (trouve := dehors.search(t))} == {}


def test_the_pages_are_in_french_and_their_links_lead_somewhere(entrepot: Path) -> None:
    sommaire = lancer(entrepot, pages=True).page
    assert sommaire is not None
    (lien,) = re.findall(r'<a href="([^"]+)"', sommaire.read_text(encoding="utf-8"))
    page = sommaire.parent / lien
    texte = page.read_text(encoding="utf-8")
    assert "2 sur 3" in sommaire.read_text(encoding="utf-8")
    assert "Résultat des contrôles" in texte
    assert "TEST_GRAND" in texte
    assert "Evaluated Expectations" not in texte
    for cible in re.findall(r'href="([^"#]+)"', texte):
        assert (page.parent / cible).resolve().exists(), cible


def test_importing_the_package_does_not_import_great_expectations() -> None:
    programme = "import sys, infocentre.controles; print('great_expectations' in sys.modules)"
    sortie = subprocess.run(
        [sys.executable, "-c", programme], capture_output=True, text=True, check=True
    )
    assert sortie.stdout.strip() == "False"

"""What DuckDB found of the SQL of a folder is kept, and never says what an older file said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infocentre.catalogue import acquis as module
from infocentre.catalogue.acquis import acquis
from infocentre.mesures.tableaux import lire_tableaux
from infocentre.noyau.erreurs import Refus


@pytest.fixture(autouse=True)
def dossier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "un.sql").write_text("select 1")
    return tmp_path / "sql"


def lu(dossier: Path) -> str:
    return (dossier / "un.sql").read_text("utf-8")


def jamais() -> Any:
    pytest.fail("cherché de nouveau")


def test_what_was_found_is_not_looked_for_again(dossier: Path) -> None:
    assert acquis(dossier, lambda: {"un": ["select 1"]}) == {"un": ["select 1"]}
    assert acquis(dossier, jamais) == {"un": ["select 1"]}


def _corriger(dossier: Path) -> None:
    (dossier / "un.sql").write_text("select 2")


def _abimer(dossier: Path) -> None:
    (dossier / "__pycache__" / "acquis.json").write_text("[]")


@pytest.mark.parametrize(
    "changer",
    [
        _corriger,
        _abimer,
        lambda dossier: (dossier / "deux.sql").write_text(""),
        lambda dossier: (dossier.parent / "population.sql").write_text("select 3"),
    ],
    ids=["a file", "what was kept", "one more file", "another folder"],
)
def test_it_is_looked_for_again_when_something_changes(
    dossier: Path, changer: Callable[[Path], object]
) -> None:
    autres = dossier.parent
    acquis(dossier, lambda: "ancien", autres)
    changer(dossier)
    assert acquis(dossier, lambda: lu(dossier), autres) == lu(dossier)
    assert acquis(dossier, jamais, autres) == lu(dossier)


def test_another_engine_looks_again(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acquis(dossier, lambda: "ancien")
    monkeypatch.setattr("duckdb.__version__", "99.0")
    assert acquis(dossier, lambda: "neuf") == "neuf"


def test_what_is_refused_is_refused_each_time(dossier: Path) -> None:
    def refuser() -> str:
        raise Refus("la règle est fausse")

    for _ in range(2):
        with pytest.raises(Refus, match="la règle est fausse"):
            acquis(dossier, refuser)


def test_a_closed_folder_is_no_hindrance(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuser(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(module, "ecrire", refuser)
    for _ in range(2):
        assert acquis(dossier, lambda: lu(dossier)) == "select 1"


def test_where_python_keeps_nothing_nothing_is_kept(
    dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert acquis(dossier, lambda: lu(dossier)) == "select 1"
    assert [un.name for un in dossier.iterdir()] == ["un.sql"]


def test_tables_read_again_are_those_that_were_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    lire_tableaux()
    with monkeypatch.context() as ici:
        ici.setattr("infocentre.mesures.tableaux._lier", jamais)
        relus = lire_tableaux()
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert relus == lire_tableaux()

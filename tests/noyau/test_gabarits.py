"""Templates are compiled once, and never say what an older text or an older filter said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

from infocentre.noyau import gabarits
from infocentre.noyau.gabarits import lire_gabarits


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(gabarits, "ressources", lambda _: tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    (tmp_path / "mot.md").write_text("{{ 'Ville & port' | dire }}")
    return tmp_path


def rendu(dire: Callable[[str], str] = str.lower, *, html: bool = False) -> str:
    return lire_gabarits({"dire": dire}, html=html).get_template("mot.md").render()


@pytest.mark.usefixtures("racine")
def test_a_template_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendu() == "ville & port"
    monkeypatch.setattr(jinja2.Environment, "_generate", lambda *_, **__: pytest.fail("compilé"))
    assert rendu() == "ville & port"


def test_a_corrected_template_is_read_again(racine: Path) -> None:
    assert rendu() == "ville & port"
    (racine / "mot.md").write_text("{{ 'Gare' | dire }}")
    assert rendu() == "gare"


@pytest.mark.usefixtures("racine")
def test_a_corrected_filter_is_followed() -> None:
    assert rendu() == "ville & port"
    assert rendu(str.upper) == "VILLE & PORT"


@pytest.mark.usefixtures("racine")
def test_what_is_compiled_for_text_is_not_read_for_html() -> None:
    assert rendu() == "ville & port"
    assert rendu(html=True) == "ville &amp; port"


@pytest.mark.usefixtures("racine")
def test_a_closed_folder_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuser(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuser)
    assert rendu() == "ville & port"


def test_a_name_that_does_not_exist_is_an_error(racine: Path) -> None:
    (racine / "mot.md").write_text("{{ ville }}")
    with pytest.raises(jinja2.UndefinedError, match="ville"):
        rendu()

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
def test_un_gabarit_est_compile_une_fois(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendu() == "ville & port"
    monkeypatch.setattr(jinja2.Environment, "_generate", lambda *_, **__: pytest.fail("compilé"))
    assert rendu() == "ville & port"


def test_un_gabarit_corrige_est_relu(racine: Path) -> None:
    assert rendu() == "ville & port"
    (racine / "mot.md").write_text("{{ 'Gare' | dire }}")
    assert rendu() == "gare"


@pytest.mark.usefixtures("racine")
def test_un_filtre_corrige_est_suivi() -> None:
    assert rendu() == "ville & port"
    assert rendu(str.upper) == "VILLE & PORT"


@pytest.mark.usefixtures("racine")
def test_ce_qui_est_compile_pour_du_texte_n_est_pas_lu_pour_du_html() -> None:
    assert rendu() == "ville & port"
    assert rendu(html=True) == "ville &amp; port"


@pytest.mark.usefixtures("racine")
def test_un_dossier_ferme_ne_gene_pas(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuser(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuser)
    assert rendu() == "ville & port"


def test_un_nom_qui_n_existe_pas_est_une_erreur(racine: Path) -> None:
    (racine / "mot.md").write_text("{{ ville }}")
    with pytest.raises(jinja2.UndefinedError, match="ville"):
        rendu()

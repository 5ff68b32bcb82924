"""What a server may do without: a sentence names it, and says how to install it."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from infocentre.cli import options
from infocentre.cli.ecritures import demo
from infocentre.decisions import Magasin
from infocentre.identite import probable
from infocentre.noyau.complements import MODULES, Complement, exiger_complement
from infocentre.noyau.erreurs import Refus

PROJET = Path(__file__).parents[2] / "pyproject.toml"
DEMANDENT: dict[Complement, tuple[Callable[[], object], str]] = {
    "doublons": (lambda: probable.apprendre(duckdb.connect()), "apprendre ce que pèsent"),
    "postgresql": (lambda: Magasin("postgresql://x@/x"), "dans PostgreSQL"),
    "demonstration": (lambda: demo(options.Demo()), "infocentre demo"),
}


@pytest.mark.parametrize("nom", MODULES)
def test_who_asks_for_what_is_not_installed_is_told_how_to_have_it(
    nom: Complement, monkeypatch: pytest.MonkeyPatch
) -> None:
    exiger_complement(nom, "un essai")
    monkeypatch.setitem(sys.modules, MODULES[nom], None)
    demander, quoi = DEMANDENT[nom]
    with pytest.raises(Refus) as refus:
        demander()
    dit = str(refus.value)
    assert quoi in dit
    assert f"le complément « {nom} », qui n'est pas installé ici" in dit
    assert f"-r infocentre.txt -r {nom}.txt" in dit


def test_what_may_be_done_without_is_no_dependency_of_the_program() -> None:
    projet = tomllib.loads(PROJET.read_text("utf-8"))["project"]
    extras = projet["optional-dependencies"]
    assert MODULES.keys() - extras.keys() == {"demonstration"}, "a distribution of its own"
    for nom in MODULES.keys() & extras.keys():
        assert any(un.startswith(MODULES[nom]) for un in extras[nom])
        assert not any(un.startswith(MODULES[nom]) for un in projet["dependencies"])

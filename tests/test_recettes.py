"""Every recipe of CONTRIBUTING.md does what it says, on a copy of the repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.profondeur import profond

pytestmark = pytest.mark.lent

RACINE = Path(__file__).parent.parent
COPIES = ("infocentre", "dashboards", "queries", "expectations", "reports", "docs", "tests")
_SECTION = re.compile(r"^#{2,3} (.+?)$\n(.*?)(?=^#{2,3} |\Z)", re.MULTILINE | re.DOTALL)
_BLOC = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Bloc(NamedTuple):
    """A block of code: its language, its text."""

    langue: str
    texte: str


def _recettes() -> dict[str, list[Bloc]]:
    texte = (RACINE / "CONTRIBUTING.md").read_text("utf-8")
    lues = {
        titre: [Bloc(*bloc) for bloc in _BLOC.findall(corps)]
        for titre, corps in _SECTION.findall(texte)
    }
    return {titre: blocs for titre, blocs in lues.items() if blocs}


RECETTES = _recettes()
PASSES = re.compile(r"\b[1-9]\d* passed")
DEMO = "python -m infocentre demo --taille 200 --mois 1 --sans-servir"


@pytest.fixture
def copie(tmp_path: Path) -> Path:
    return copier(tmp_path)


def copier(tmp_path: Path) -> Path:
    """Return a copy of what the program reads, and its tests."""
    for nom in COPIES:
        ignorer = shutil.ignore_patterns("captures", "axe")
        shutil.copytree(RACINE / nom, tmp_path / "depot" / nom, ignore=ignorer)
    shutil.copy(RACINE / "pyproject.toml", tmp_path / "depot")
    return tmp_path / "depot"


def _appliquer(copie: Path, bloc: Bloc) -> None:
    tete, _, suite = bloc.texte.partition("\n")
    cible = copie / tete.lstrip("-#").strip()
    if bloc.langue != "diff":
        assert not cible.exists()
        cible.parent.mkdir(parents=True, exist_ok=True)
        cible.write_text(suite, "utf-8")
        return
    lignes = suite.splitlines(keepends=True)
    cite = "".join(ligne[1:] for ligne in lignes if ligne[0] != "+")
    neuf = "".join(ligne[1:] for ligne in lignes if ligne[0] != "-")
    contenu = cible.read_text("utf-8")
    assert contenu.count(cite) == 1, f"{cible.name} no longer has these lines, or has them twice"
    cible.write_text(contenu.replace(cite, neuf), "utf-8")


def _lancer(copie: Path, commande: str) -> str:
    """Run a command as the recipe writes it, on the copy."""
    mots = [sys.executable if un == "python" else un for un in shlex.split(commande)]
    environnement = os.environ | {
        "PYTHONPATH": str(copie),
        "INFOCENTRE_DOSSIER": str(copie.parent / "donnees"),
    }
    fait = subprocess.run(
        mots, cwd=copie, env=environnement, capture_output=True, text=True, check=False
    )
    assert fait.returncode == 0, fait.stdout + fait.stderr
    return fait.stdout


def _suivre(copie: Path, recette: str) -> Iterator[str]:
    """Apply the blocks of a recipe in their order; yield what each of its checks prints."""
    for bloc in RECETTES[recette]:
        if bloc.langue == "sh":
            for commande in bloc.texte.splitlines():
                yield _lancer(copie, commande)
        else:
            _appliquer(copie, bloc)


def test_there_is_a_recipe_for_each_kind_of_thing() -> None:
    assert list(RECETTES) == [
        "Add an indicator in ten minutes",
        "A column of the deliveries",
        "A standard table",
        "A page",
        "A chart",
        "A sentence of a document",
        "A section of a document",
        "A form of document",
        "A command",
        "A role",
        "A procedure in an hour",
    ]
    assert all(blocs[-1].langue == "sh" for blocs in RECETTES.values())


# The others are followed by a test of their own.
SUIVIES = {"A column of the deliveries", "A command", "A standard table"}
SIMPLES = [une for une in RECETTES if une not in SUIVIES]


@pytest.mark.parametrize("recette", SIMPLES)
def test_a_recipe_does_what_it_says(copie: Path, recette: str) -> None:
    *_, dit = _suivre(copie, recette)
    assert PASSES.search(dit)


def test_the_new_command_answers(copie: Path) -> None:
    (dit,) = _suivre(copie, "A command")
    assert dit == "Livraisons chargées : 0\n"


@profond
def test_the_demonstration_lives_without_the_new_column(copie: Path) -> None:
    """Nobody invents it: it is empty in the deliveries, and wherever it is read."""
    (dit,) = _suivre(copie, "A column of the deliveries")
    assert PASSES.search(dit)
    _lancer(copie, DEMO)
    sql = "SELECT count(*) > 200 AS demandes, count(date_visite) AS visites FROM demandes"
    dit = _lancer(copie, f"python -m infocentre sql '{sql}' --format csv")
    assert dit == "demandes;visites\nTrue;0\n"


def test_the_new_table_is_listed_and_explained(copie: Path) -> None:
    *_, dit = _suivre(copie, "A standard table")
    assert "passed" in dit
    assert "DEM-08" in _lancer(copie, "python -m infocentre tableau --format csv")
    assert "DEM-08" in _lancer(copie, "python -m infocentre expliquer DEM-08")
    _lancer(copie, "python -m infocentre.mesures.documentation")
    assert "### DEM-08" in (copie / "docs" / "tableaux.md").read_text("utf-8")


if __name__ == "__main__":  # python -m tests.test_recettes COPY RECIPE: follow one, as canary does
    sys.stdout.writelines(_suivre(Path(sys.argv[1]), sys.argv[2]))

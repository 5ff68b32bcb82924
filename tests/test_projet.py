"""The project keeps what its packaging, its lock file and its documents promise."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Collection, Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median
from typing import get_args

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infocentre.catalogue import lire_catalogue
from infocentre.contrat.listes import Motif
from infocentre.entrepot.liens import Lien
from infocentre.noyau.champs import EXEMPLE
from infocentre.noyau.config import Ressource
from infocentre.noyau.etats import Etat
from infocentre.noyau.types_guichet import TypeGuichet

pytestmark = pytest.mark.lent

RACINE = Path(__file__).parent.parent
PROJET = tomllib.loads((RACINE / "pyproject.toml").read_text("utf-8"))["project"]
DOCUMENTS = [RACINE / "README.md", RACINE / "CONTRIBUTING.md", *RACINE.glob("docs/**/*.md")]

DOSSIERS = r"\.ci|benchmarks|dashboards|docs|expectations|infocentre|queries|reports|scripts|tests"


def fichiers(dossier: Path) -> set[str]:
    """Paths of the files of a folder, caches left out, relative to the repository."""
    return {
        chemin.relative_to(RACINE).as_posix()
        for chemin in dossier.rglob("*")
        if chemin.is_file() and "__pycache__" not in chemin.parts
    }


def construire(projet: Path, dossier: Path) -> Path:
    """Return the folder of the unpacked wheel of a project."""
    commande = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(dossier)]
    subprocess.run(commande, cwd=projet, check=True, capture_output=True)
    with zipfile.ZipFile(next(dossier.glob("*.whl"))) as archive:
        archive.extractall(dossier / "contenu")
    return dossier / "contenu"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the unpacked wheel."""
    return construire(RACINE, tmp_path_factory.mktemp("wheel"))


def test_the_wheels_hold_the_packages_and_nothing_else(wheel: Path, tmp_path: Path) -> None:
    paquets = {"dashboards", "infocentre"}
    demo = fichiers(RACINE / "infocentre" / "demo")
    attendus = set().union(*(fichiers(RACINE / un) for un in paquets)) - demo
    assert all((wheel / nom).is_file() for nom in attendus)
    assert not (wheel / "infocentre" / "demo").exists()
    assert {chemin.name.split("-")[0] for chemin in wheel.iterdir()} == paquets
    a_part = construire(RACINE / ".ci" / "demonstration", tmp_path)
    tenus = {un.relative_to(a_part).as_posix() for un in a_part.rglob("*.*") if un.is_file()}
    assert {nom for nom in tenus if ".dist-info/" not in nom} == demo


@pytest.mark.parametrize("nom", get_args(Ressource))
def test_the_wheel_holds_the_resources(wheel: Path, nom: str) -> None:
    attendus = fichiers(RACINE / nom)
    assert all((wheel / "infocentre" / "_ressources" / fichier).is_file() for fichier in attendus)


def test_the_installed_package_finds_its_resources(wheel: Path) -> None:
    code = "from infocentre.noyau.config import ressources; print(ressources('expectations'))"
    resultat = subprocess.run(
        [sys.executable, "-c", code],
        cwd=wheel,
        env={"PYTHONPATH": str(wheel)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(resultat.stdout.strip()) == wheel / "infocentre" / "_ressources" / "expectations"


def exigences() -> list[Requirement]:
    """Every requirement of the project, and of its extras but what `make canary` alone installs."""
    extras = [un for nom, un in PROJET["optional-dependencies"].items() if nom != "canary"]
    return [Requirement(un) for liste in (PROJET["dependencies"], *extras) for un in liste]


@pytest.mark.parametrize("exigence", exigences(), ids=str)
def test_the_lock_satisfies_pyproject(exigence: Requirement) -> None:
    verrou = (RACINE / "requirements.lock").read_text("utf-8")
    versions = {
        version
        for nom, version in re.findall(r"^([\w.-]+)==(\S+)", verrou, re.MULTILINE)
        if canonicalize_name(nom) == canonicalize_name(exigence.name)
    }
    assert versions, "missing from requirements.lock: run make lock"
    assert all(exigence.specifier.contains(version) for version in versions), "run make lock"


def modules() -> dict[str, Path]:
    """Every file of the two packages, by the name that one imports."""
    chemins = [
        un for paquet in ("infocentre", "dashboards") for un in (RACINE / paquet).rglob("*.py")
    ]
    noms = [".".join(un.relative_to(RACINE).with_suffix("").parts) for un in chemins]
    return {nom.removesuffix(".__init__"): un for nom, un in zip(noms, chemins, strict=True)}


def importes(chemin: Path, connus: Collection[str]) -> set[str]:
    """Names of the files that one imports, inside its functions too."""
    trouves: set[str] = set()
    for noeud in ast.walk(ast.parse(chemin.read_text("utf-8"))):
        if isinstance(noeud, ast.Import):
            trouves |= {un.name for un in noeud.names}
        elif isinstance(noeud, ast.ImportFrom):
            assert noeud.level == 0, f"{chemin}: a relative import"
            entiers = {f"{noeud.module}.{un.name}" for un in noeud.names}
            trouves |= {un if un in connus else str(noeud.module) for un in entiers}
    return trouves & set(connus)


def test_no_files_form_a_circle() -> None:
    """A file never needs one that needs it: TopologicalSorter raises with the circle it finds."""
    connus = modules()
    graphe = {nom: importes(chemin, connus) for nom, chemin in connus.items()}
    assert sum(map(len, graphe.values())) > len(graphe) > 200
    assert len(list(TopologicalSorter(graphe).static_order())) == len(graphe)


def litteraux(source: str) -> Iterator[tuple[int, str]]:
    """Texts written in a module with their lines, those of its docstrings left out."""
    arbre = ast.parse(source)
    decrits = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    blocs = [
        noeud.body[0] for noeud in ast.walk(arbre) if isinstance(noeud, decrits) and noeud.body
    ]
    dits = {id(un.value) for un in blocs if isinstance(un, ast.Expr)}
    for noeud in ast.walk(arbre):
        if (
            isinstance(noeud, ast.Constant)
            and isinstance(noeud.value, str)
            and id(noeud) not in dits
        ):
            yield noeud.lineno, noeud.value


# As a whole text or a SQL literal (« rouge » is a word too): a state, a type of guichet, a motif,
# a family; anywhere in a text: the code of an indicator. What owns a vocabulary may write it down.
# The codes of standard tables have their place here too.
INDICATEURS = set(lire_catalogue().indicateurs)
FAMILLES = {"enregistrement", "completude"}  # the others name tables or populations too
# Everyone's word for it; what is told of a guichet that a row does not name.
COMMUNS = {TypeGuichet.EPCI, TypeGuichet.INCONNU}
RESERVES = {*Etat, *TypeGuichet, *Motif, *FAMILLES} - COMMUNS
PROPRIETAIRES: dict[str, set[str]] = {
    "infocentre/noyau/etats.py": set(Etat),
    "infocentre/noyau/types_guichet.py": set(TypeGuichet),
    "infocentre/noyau/imputables.py": {Etat.CONTEXTE},  # nobody answers for it: the same word
    "infocentre/noyau/champs.py": {EXEMPLE},
    "infocentre/contrat/listes.py": {*Motif, TypeGuichet.PORTAIL},  # the channel
    "infocentre/entrepot/liens.py": set(Lien),
    "infocentre/demo/defauts.py": INDICATEURS,
    "infocentre/demo/registre.py": {TypeGuichet.COMMUNE},  # the column
    "infocentre/demo/menages.py": {TypeGuichet.AUTRE},  # a COMPOSITION_FAMILLE
}


def mots_reserves(texte: str) -> set[str]:
    """Codes that a text writes down: indicators, states, types of guichets, families."""
    ecrits = {texte, *re.findall(r"'(\w+)'", texte)}
    return ecrits & RESERVES | set(re.findall(r"\w+", texte)) & INDICATEURS


@pytest.mark.parametrize(
    ("source", "trouves"),
    [
        ('"""rouge"""\nx = "rouge"', {"rouge"}),
        ("f\"etat = 'vert' AND {x} = 'PORTAIL'\"", {"vert", "PORTAIL"}),
        ('def f():\n    """ATT_TARDIVE"""\n    return "voir ATT_TARDIVE"', {"ATT_TARDIVE"}),
        ('un.famille == "completude"', {"completude"}),
        ('"passe en rouge"', set()),
    ],
)
def test_reserved_words_are_seen(source: str, trouves: set[str]) -> None:
    assert set().union(*(mots_reserves(texte) for _, texte in litteraux(source))) == trouves


def test_each_vocabulary_is_written_in_its_own_place_only() -> None:
    """No code of an indicator, a state, a type of guichet or a family outside its own module."""
    ailleurs = [
        f"{nom}:{ligne} {sorted(mots)}"
        for chemin in modules().values()
        for nom in [chemin.relative_to(RACINE).as_posix()]
        for ligne, texte in litteraux(chemin.read_text("utf-8"))
        if (mots := mots_reserves(texte) - PROPRIETAIRES.get(nom, set()))
    ]
    assert not ailleurs, "ask the module that owns it:\n" + "\n".join(ailleurs)


def longueurs() -> Iterator[tuple[str, int]]:
    """Name and number of lines of every function of the package."""
    for chemin in (RACINE / "infocentre").rglob("*.py"):
        for noeud in ast.walk(ast.parse(chemin.read_text("utf-8"))):
            if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef):
                lignes = (noeud.end_lineno or noeud.lineno) - noeud.lineno + 1
                yield f"{chemin.relative_to(RACINE)}:{noeud.lineno} {noeud.name}", lignes


def test_functions_are_short() -> None:
    par_fonction = dict(longueurs())
    assert {nom: lignes for nom, lignes in par_fonction.items() if lignes > 50} == {}
    assert median(par_fonction.values()) <= 12


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda un: str(un.relative_to(RACINE)))
def test_documents_quote_make_commands_that_exist(document: Path) -> None:
    cibles = set(re.findall(r"^(\w+):", (RACINE / "Makefile").read_text("utf-8"), re.MULTILINE))
    citees = set(re.findall(r"(?:`|^ {4})make (\w+)", document.read_text("utf-8"), re.MULTILINE))
    assert citees <= cibles


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda un: str(un.relative_to(RACINE)))
def test_documents_quote_files_that_exist(document: Path) -> None:
    """Checks what stands in backticks under a folder of the repository, wildcards included."""
    cites = re.findall(rf"`((?:{DOSSIERS})/[\w./*-]*)`", document.read_text("utf-8"))
    assert [cite for cite in cites if not list(RACINE.glob(cite))] == []


def test_each_finding_of_the_trial_has_a_test_that_exists() -> None:
    texte = (RACINE / "docs/decisions/essai-de-l-interface.md").read_text("utf-8")
    cites = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", texte)
    assert len(cites) >= 14 + 15
    absents = [
        nom for fichier, nom in cites if f"def {nom}(" not in (RACINE / fichier).read_text("utf-8")
    ]
    assert absents == []
    trouves = re.findall(r"^\| (C?[\d.]+) \|", texte, re.MULTILINE)
    assert trouves == [
        *(f"C{n}" for n in range(1, 15)),
        *(str(n) for n in range(1, 16)),
        *(f"6.{n}" for n in range(1, 11)),
        *(f"7.{n}" for n in range(1, 16)),
    ]
    captures = RACINE / "docs/captures"
    montrees = re.findall(r"` \| ([a-z, -]+) \|$", texte, re.MULTILINE)
    assert len(montrees) == 20
    for nom in ", ".join(montrees).split(", "):
        assert [(captures / f"{nom}-{largeur}.png").exists() for largeur in (1360, 390)] == [
            True
        ] * 2

"""Help and bad usage: in French, at once, and true to the documents."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from infocentre.cli.analyseur import construire
from tests.cli.lancer import Commande

RACINE_DU_PROJET = Path(__file__).parents[2]
COMMANDES = (
    "demo charger mensuel controler indicateurs anomalies livraisons rejets revisions tableau "
    "demande sql bibliotheque candidat echantillon bilan synthese servir reconstruire purger "
    "verifier reparer retirer expliquer mesures acces affaires journee quotidien preuve doublons "
    "droits comptes messagerie sauvegarder restaurer installer registre contrat correspondance "
    "notes conventions chartes commentaires guichets questions listes comparaisons calendrier "
    "publier reperes mcp"
).split()
ANGLAIS = re.compile(
    r"\b(usage|invalid|expected|required|unrecognized|choose|argument\b(?!s)|error|must|show|"
    r"following|value)\b",
    re.IGNORECASE,
)
LOURDS = ("duckdb", "numpy", "polars", "great_expectations", "pydantic", "rich", "dash", "yaml")
# What is imported by who reads, waits for works, writes or mends, and what they leave to others.
DEPARTS = {
    "infocentre.cli.lectures": "numpy pandas polars great_expectations sqlalchemy highspy",
    "infocentre.demarches.travaux": "numpy pandas polars great_expectations sqlalchemy highspy",
    "infocentre.cli.ecritures": "numpy pandas polars great_expectations",
    "infocentre.cli.integrite": "pandas polars great_expectations",
    "infocentre.operations.chargement": "scipy pandas great_expectations",
    "infocentre.demarches.verifier": "infocentre.restitutions.bilan",
}


@pytest.fixture
def infocentre(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    monkeypatch.chdir(tmp_path)
    return Commande(tmp_path / "donnees", monkeypatch, capsys)


@pytest.mark.parametrize("commande", ["", *COMMANDES])
def test_the_help_is_in_french(commande: str, infocentre: Commande) -> None:
    sortie = infocentre(*commande.split(), "--help")
    assert sortie.code == 0
    assert sortie.texte.startswith("utilisation : infocentre")
    assert not ANGLAIS.findall(sortie.texte)


def test_the_version_is_the_newest_of_the_changelog(infocentre: Commande) -> None:
    journal = (RACINE_DU_PROJET / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+) ", journal, re.MULTILINE)
    assert newest
    assert infocentre("--version").texte.strip() == f"infocentre {newest[1]}"


def test_the_help_lists_all_commands(infocentre: Commande) -> None:
    listees = re.findall(r"^    ([a-z]+) ", infocentre("--help").texte, re.MULTILINE)
    assert sorted(listees) == sorted(COMMANDES)


@pytest.mark.parametrize(
    ("commande", "message"),
    [
        ("", "il manque : COMMANDE"),
        ("inconnue", "« inconnue » n'est pas possible"),
        ("anomalies", "il manque : CODE"),
        ("charger", "il manque : LIVRAISON"),
        ("demande", "il manque : NUMERO"),
        ("indicateurs --mois 2026-13", "« 2026-13 » n'est pas un mois (AAAA-MM)"),
        ("indicateurs --mois octobre", "« octobre » n'est pas un mois (AAAA-MM)"),
        ("indicateurs --mois", "une valeur est attendue"),
        ("indicateurs --bidule", "arguments inconnus : --bidule"),
        ("indicateurs --guichet \udce9", "ce texte n'est pas en UTF-8"),
        ("indicateurs --departement \udce9", "ce texte n'est pas en UTF-8"),
        ("publier ouvert", "il manque : --sortie"),
        ("correspondance proposer \udce9", "ce texte n'est pas en UTF-8"),
        ("indicateurs --form csv", "arguments inconnus : --form csv"),
        ("indicateurs --format pdf", "« pdf » n'est pas possible"),
        ("indicateurs --par commune", "« commune » n'est pas possible"),
        ("livraisons --liste tout", "« tout » n'est pas possible"),
        ("echantillon --n 0", "un nombre entier d'au moins 1 est attendu"),
        ("echantillon --n 99999999999999999999", "d'au plus 999999999 est attendu"),
        ("echantillon --graine un", "« un » : un nombre entier d'au moins 0 est attendu"),
        ("echantillon --graine 1000000000", "un nombre entier d'au plus 999999999 est attendu"),
        ("servir --port 65536", "« 65536 » : un nombre entier d'au plus 65535 est attendu"),
        ("conventions lister --terme 99999999", "un nombre entier d'au plus 36525 est attendu"),
        ("conventions lister --terme ²", "un nombre entier d'au moins 0 est attendu"),
        ("demo --taille beaucoup", "un nombre entier d'au moins 200 est attendu"),
        ("mensuel a b", "arguments inconnus : b"),
    ],
)
def test_a_bad_usage_is_explained_in_french(
    commande: str, message: str, infocentre: Commande, tmp_path: Path
) -> None:
    sortie = infocentre(*commande.split())
    assert sortie.code == 2
    assert message in sortie.erreur
    assert "→ Voir infocentre" in sortie.erreur
    assert not ANGLAIS.findall(sortie.erreur)
    assert list(tmp_path.iterdir()) == []


def test_the_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from infocentre.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as fin:\n    assert fin.code == 0\n"
        f"print('LOURDS', [m for m in {LOURDS!r} if m in sys.modules])"
    )
    assert _dits(code).splitlines()[-1] == "LOURDS []"


def test_a_process_starts_without_what_others_need() -> None:
    code = (
        "import importlib, sys\n"
        f"for depart, autres in {DEPARTS!r}.items():\n"
        "    importlib.import_module(depart)\n"
        "    print([m for m in autres.split() if m in sys.modules])"
    )
    assert _dits(code).split() == ["[]"] * len(DEPARTS)


def _dits(code: str) -> str:
    """Return what a program prints in a process of its own."""
    commande = [sys.executable, "-c", code]
    return subprocess.run(
        commande, cwd=RACINE_DU_PROJET, capture_output=True, text=True, check=True
    ).stdout


def commandes_citees(document: str) -> list[str]:
    """Commands of the indented blocks and of the inline code of a document."""
    texte = (RACINE_DU_PROJET / document).read_text("utf-8")
    blocs = re.findall(
        r"^    (?:\.venv/bin/)?infocentre (.+?)(?:  +#.*|   .*)?$", texte, re.MULTILINE
    )
    return blocs + re.findall(r"`(?:\.venv/bin/)?infocentre ([^`]+)`", texte)


@pytest.mark.parametrize("document", ["README.md", "docs/guide.md", "docs/installation.md"])
def test_the_commands_that_documents_quote_exist(document: str) -> None:
    citees = commandes_citees(document)
    assert citees
    for citee in citees:
        arguments = shlex.split(citee)
        if arguments in (["--help"], ["--version"]):
            continue
        assert arguments[0] in COMMANDES, citee
        if len(arguments) > 1:
            assert construire().parse_args(arguments).commande == arguments[0], citee

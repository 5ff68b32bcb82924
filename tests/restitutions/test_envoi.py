"""All the bilans by one command: a true manifest, the same bytes again, whole or nothing."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.restitutions.envoi import MANIFESTE

pytestmark = pytest.mark.lent

PARTENAIRES = """partenaires:
  - nom: CC Vallée des Baux-Alpilles
    genre: collectivite
    epci: ["241300375"]
    diffusion: [habitat@exemple.fr, accueil@exemple.fr]
  - {nom: USH, genre: ush}
"""


@pytest.fixture
def racine(donnees: Path) -> Path:
    """A data directory with two partners, that a test may change."""
    (donnees / "partenaires.yml").write_text(PARTENAIRES, "utf-8")
    return donnees


def tous(sortie: Path, forme: str = "html") -> int:
    return main(["bilan", "2026-S1", "--tous", "--format", forme, "--sortie", str(sortie)])


def fichiers(dossier: Path) -> dict[str, bytes]:
    return {un.name: un.read_bytes() for un in dossier.iterdir()}


def test_un_fichier_par_partenaire_et_leur_manifeste(
    racine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Recipient, file, sha256, version of the data, distribution list; the same bytes alone."""
    sortie, seul = tmp_path / "envoi", tmp_path / "seul.html"
    assert tous(sortie) == 0
    premiers = fichiers(sortie)
    lignes = list(csv.DictReader(premiers[MANIFESTE].decode().splitlines(), delimiter=";"))
    assert [(une["destinataire"], une["genre"], une["diffusion"]) for une in lignes] == [
        ("CC Vallée des Baux-Alpilles", "collectivite", "habitat@exemple.fr accueil@exemple.fr"),
        ("USH", "ush", ""),
    ]
    version = Dossier(racine).version()
    for une in lignes:
        assert une["sha256"] == hashlib.sha256(premiers[une["fichier"]]).hexdigest()
        assert (une["version_donnees"], une["arrete"]) == (str(version.numero), "2026-06-30")
    assert premiers.keys() == {MANIFESTE, *(une["fichier"] for une in lignes)}
    assert lignes[0]["fichier"] == "bilan-013-2026-S1-cc-vallee-des-baux-alpilles.html"
    assert "2/2" in capsys.readouterr().out
    assert main(["bilan", "2026-S1", "--partenaire", "baux", "--sortie", str(seul)]) == 0
    assert seul.read_bytes() == premiers[lignes[0]["fichier"]]
    assert [un.name for un in tmp_path.iterdir() if un.name.startswith(".")] == []


def test_un_echec_laisse_l_envoi_precedent(
    racine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One bilan that cannot be printed: nothing is replaced, nothing half written stays."""
    sortie = tmp_path / "envoi"
    sortie.mkdir()
    (sortie / MANIFESTE).write_text("le précédent", "utf-8")
    (racine / "mots" / "2026-S1").mkdir(parents=True)
    (racine / "mots" / "2026-S1" / "faits-marquants.md").write_text("<script>", "utf-8")
    assert tous(sortie) == 1
    assert "faits-marquants.md, ligne 1" in capsys.readouterr().err
    assert fichiers(sortie) == {MANIFESTE: "le précédent".encode()}
    assert sorted(un.name for un in tmp_path.iterdir()) == ["donnees", "envoi"]


@pytest.mark.usefixtures("racine")
def test_un_autre_dossier_n_est_jamais_remplace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A directory that is no earlier sending keeps its files: said before anything is printed."""
    sortie = tmp_path / "documents"
    sortie.mkdir()
    (sortie / "lettre.txt").write_text("à garder", "utf-8")
    assert tous(sortie) == 1
    sorti = capsys.readouterr()
    assert "n'est ni vide, ni un envoi précédent" in sorti.err
    assert "1/2" not in sorti.out
    assert fichiers(sortie) == {"lettre.txt": "à garder".encode()}


@pytest.mark.usefixtures("racine")
@pytest.mark.parametrize(
    "suite",
    [
        ["--tous", "--partenaire", "USH"],
        ["--tous", "--document", "mission"],
        ["--partenaire", "USH", "--document", "fiche"],
    ],
)
def test_deux_documents_a_la_fois_sont_un_mauvais_usage(suite: list[str]) -> None:
    try:
        code: object = main(["bilan", "2026-S1", *suite])
    except SystemExit as sortie:  # as argparse ends
        code = sortie.code
    assert code == 2

"""What a document cannot be printed from: a clear message, exit 1, nothing half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.cli import main
from tests.donnees.atelier import MAGASIN

pytestmark = pytest.mark.lent

SANS_SOURCE = "references:\n  - {territoire: France, arrete: 2024-06-30, demandes_actives: 9}\n"
FICHIERS = {
    "comparaisons.yml": SANS_SOURCE,
    "mots/2026-S1/enjeux.md": "Tenir.\n\n<b>Vite</b>\n",
    "mots/2026-S1/suites.md": "Un\n<script>alert(1)</script>\n",
    "mots/2026-S1/faits-marquants.md": "![](http://exemple.fr/image.png)\n",
    "partenaires.yml": "partenaires:\n  - {nom: A, genre: mairie}\n",
    "mots/2026-10/attendu-du-prefet.md": "<iframe src=x>\n",
}
PARTENAIRE, TOUS = ["bilan", "2026-S1", "--partenaire", "ddets"], ["bilan", "2026-S1", "--tous"]
CAS = {
    "une source manque": (["bilan", "2026-S1"], "comparaisons.yml", "source"),
    "du HTML": (["bilan", "2026-S1"], "mots/2026-S1/enjeux.md", "enjeux.md, ligne 3"),
    "un script": (["bilan", "2026-S1"], "mots/2026-S1/suites.md", "HTML ou un script"),
    "une image": (PARTENAIRE, "mots/2026-S1/faits-marquants.md", "contient une image"),
    "un script pour tous": (TOUS, "mots/2026-S1/suites.md", "suites.md, ligne 2"),
    "un mot de la synthèse": (["synthese"], "mots/2026-10/attendu-du-prefet.md", "ligne 1"),
    "un genre inconnu": (TOUS, "partenaires.yml", "partenaire n° 1"),
    "un genre inconnu pour un seul": (PARTENAIRE, "partenaires.yml", "genre"),
    "un partenaire inconnu": (["bilan", "2026-S1", "--partenaire", "zut"], "", "Choisir parmi"),
    "un semestre à venir": (["bilan", "2027-S1"], "", "aucun mois du semestre 2027-S1"),
    "un semestre à venir pour tous": (["bilan", "2027-S1", "--tous"], "", "n'est publié"),
    "un semestre mal écrit": (["bilan", "2026-S3"], "", "AAAA-S1 ou AAAA-S2"),
    "pas de semestre": (["bilan"], "", "le semestre manque"),
    "une année sans document": (["bilan", "--annee", "2026"], "", "--document reservataires"),
    "un semestre pour une année": (
        ["bilan", "2026-S1", "--document", "reservataires"],
        "",
        "--annee AAAA",
    ),
    "une année mal écrite": (
        ["bilan", "--document", "reservataires", "--annee", "26"],
        "",
        "n'est pas une année",
    ),
    "une année à venir": (
        ["bilan", "--document", "reservataires", "--annee", "2027"],
        "",
        "aucun mois de l'année 2027",
    ),
    "un mois à venir": (["synthese", "--mois", "2027-01"], "", "2027-01 n'est pas publié"),
    "un autre département": (["bilan", "2026-S1", "--departement", "075"], "", "075"),
    "une fiche de personne": (["bilan", "2026-S1", "--document", "fiche"], "", "--guichet"),
    "un guichet sans fiche": (["bilan", "2026-S1", "--guichet", "G1302"], "", "--document fiche"),
    "personne": (["bilan", "2026-S1", "--partenaire", " "], "", "le nom du partenaire est vide"),
    "deux formes": (["synthese", "--format", "pdf", "--sortie", "x.docx"], "", "contredisent"),
    "un périphérique": (["synthese", "--format", "pdf", "--sortie", "/dev/null"], "", "ordinaire"),
    "un dossier": (["synthese", "--sortie", str(Path.cwd())], "", "c'est un dossier"),
    "la synthèse projetée": (["synthese", "--format", "pptx"], "", "bilan semestriel"),
    "la mission projetée": (
        ["bilan", "2026-S1", "--document", "mission", "--sortie", "x.pptx"],
        "",
        "Formes possibles : pdf, html, docx, xlsx",
    ),
    "un partenaire projeté": ([*PARTENAIRE[:3], "arles", "--format", "pptx"], "", "comité entier"),
    "tous projetés": ([*TOUS, "--format", "pptx"], "", "comité entier"),
}


def tout(donnees: Path) -> set[Path]:
    """Return all that a data directory holds, where its links go too."""
    return {un for chose in donnees.iterdir() for un in (chose, *chose.resolve().rglob("*"))}


@pytest.mark.parametrize(("commande", "fichier", "attendu"), CAS.values(), ids=CAS)
def test_un_document_impossible_ne_laisse_rien(
    donnees: Path,
    capsys: pytest.CaptureFixture[str],
    commande: list[str],
    fichier: str,
    attendu: str,
) -> None:
    if fichier:
        chemin = donnees / fichier
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(FICHIERS[fichier], "utf-8")
    avant = tout(donnees)
    assert main(commande) == 1
    sorti = capsys.readouterr()
    assert attendu in sorti.err
    assert "Traceback" not in sorti.err
    attendus = {donnees / "restitutions", donnees / "partages", *donnees.glob("partages/*.json")}
    attendus |= {donnees / "diffusions", *donnees.glob("diffusions/**/*")}
    # What was asked is traced.
    attendus |= {un for un in donnees.iterdir() if un.name.startswith(MAGASIN)}
    assert tout(donnees) - avant - attendus == set()

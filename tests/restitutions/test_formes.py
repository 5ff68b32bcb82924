"""Every form of a document: the same figures, the same bytes, one command."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from pptx import Presentation

from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.restitutions import (
    classeur,
    diaporama,
    formes,
    lecture,
    mots,
    traitement_texte,
)
from infocentre.restitutions.document import Cellule, Colonne, Document, Section, Tableau
from infocentre.restitutions.registre import DOCUMENTS
from tests.restitutions.exemples import TOUS, document, graphique

pytestmark = pytest.mark.lent

FORMES = ("pdf", "html", "pptx", "docx", "xlsx")


def _pdf(octets: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(octets))


def _pptx(octets: bytes) -> str:
    diapos = Presentation(io.BytesIO(octets)).slides
    return "\n".join(f.text_frame.text for une in diapos for f in une.shapes if f.has_text_frame)


def _docx(octets: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(octets)).paragraphs)


def _xlsx(octets: bytes) -> str:
    feuilles: list[Any] = openpyxl.load_workbook(io.BytesIO(octets)).worksheets
    return "\n".join(str(c.value) for une in feuilles for ligne in une.iter_rows() for c in ligne)


LIRE: dict[str, Callable[[bytes], str]] = {
    "pdf": _pdf,
    "html": bytes.decode,
    "pptx": _pptx,
    "docx": _docx,
    "xlsx": _xlsx,
}


@pytest.mark.parametrize("forme", FORMES)
def test_invisible_characters_of_names_and_words_break_no_form(tmp_path: Path, forme: str) -> None:
    chemin = mots.fichier(tmp_path, "2026-S1", "faits-marquants")
    chemin.parent.mkdir(parents=True)
    chemin.write_text("Un guichet\x01 a fermé\x1b[31m.\n\n\u202eFin", encoding="utf-8")
    lus = mots.lire(tmp_path, "2026-S1", "faits-marquants", "Les faits")
    noms = Tableau(
        "guichets", "Guichets\x01", (Colonne("Nom\x1b"),), ((Cellule("Mairie\x01 de\x1b[31m X"),),)
    )
    titre = Section("La\x01 demande", (noms, lus))
    octets = formes.FORMES[forme](replace(document(sections=(titre,)), destinataire="M\x01aire"))
    assert "a fermé[31m." in LIRE[forme](octets) or forme == "xlsx"


@pytest.mark.parametrize("forme", formes.FORMES)
def test_the_longest_name_fits_in_every_form(forme: str) -> None:
    nom = "X" * 255
    noms = Tableau("guichets", "Guichets", (Colonne("Nom"),), ((Cellule(nom),),))
    un = document(noms, *TOUS)
    assert formes.FORMES[forme](replace(un, titre=f"Fiche de {nom}", destinataire=f"À {nom}"))


# Of the bilan, which takes seconds to make, the command that writes a form is that of any other.
COMMANDES = [("synthese", forme) for forme in FORMES if forme != "pptx"] + [("bilan", "docx")]


@pytest.fixture
def donnees(entrepot_demo: Dossier, monkeypatch: pytest.MonkeyPatch) -> Dossier:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(entrepot_demo.racine))
    return entrepot_demo


@pytest.mark.usefixtures("donnees")
@pytest.mark.parametrize(("document", "forme"), COMMANDES)
def test_chaque_commande_ecrit_chaque_forme(tmp_path: Path, document: str, forme: str) -> None:
    sortie = tmp_path / f"document.{forme}"
    argument = ["--sortie", str(sortie), "--format", forme]
    assert main([document, *(["2026-S1"] if document == "bilan" else []), *argument]) == 0
    exiger_ou_et_quand(LIRE[forme](sortie.read_bytes()))
    assert [un.name for un in tmp_path.iterdir()] == [sortie.name]


def exiger_ou_et_quand(texte: str) -> None:
    assert "Bouches-du-Rhône" in texte
    assert re.search(r"Données arrêtées au[ \xa0:]+3", texte)


@pytest.fixture(scope="module")
def bilan(version_demo: Lecture) -> Document:
    return DOCUMENTS["bilan"].construire(lecture.du_semestre(version_demo, "2026-S1"))


@pytest.mark.parametrize("forme", ["html", "pptx", "xlsx"])
def test_un_bilan_s_ecrit_dans_chaque_forme(bilan: Document, forme: str) -> None:
    exiger_ou_et_quand(LIRE[forme](formes.FORMES[forme](bilan)))


@pytest.mark.usefixtures("donnees")
@pytest.mark.parametrize("forme", ["docx", "xlsx"])
def test_nom_du_fichier_suffit_a_dire_la_forme_ce_qui_est_remplace_est_dit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], forme: str
) -> None:
    sortie = tmp_path / "neuf" / f"synthese.{forme}"
    assert main(["synthese", "--sortie", str(sortie)]) == 0
    assert capsys.readouterr().out.endswith(f"{sortie} (dossier créé)\n")
    assert LIRE[forme](sortie.read_bytes())
    assert main(["synthese", "--sortie", str(sortie)]) == 0
    assert capsys.readouterr().out.endswith(f"{sortie} (fichier remplacé)\n")


@pytest.mark.parametrize("forme", [diaporama, traitement_texte])
def test_la_police_est_celle_que_chaque_suite_possede(forme: ModuleType) -> None:
    """A machine without the font takes a wider one, and texts overflow."""
    octets = forme.en_octets(document(*TOUS, graphique("courbe")))
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        textes = "".join(
            archive.read(nom).decode() for nom in archive.namelist() if nom.endswith(".xml")
        )
    assert 'typeface="Arial"' in textes
    assert "Marianne" not in textes


EMPREINTES = """
import hashlib
from infocentre.restitutions import classeur, diaporama, traitement_texte
from tests.restitutions.exemples import document, TOUS, graphique
un = document(*TOUS, graphique("carte"), graphique("courbe"))
for forme in (classeur, diaporama, traitement_texte):
    print(hashlib.sha256(forme.en_octets(un)).hexdigest())
"""


def test_memes_octets_d_un_processus_a_l_autre() -> None:
    racine = Path(__file__).parents[2]
    ailleurs = subprocess.run(
        [sys.executable, "-c", EMPREINTES],
        cwd=racine,
        env={"PYTHONPATH": str(racine), "PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland"},
        check=True,
        capture_output=True,
        text=True,
    )
    un = document(*TOUS, graphique("carte"), graphique("courbe"))
    ici = [forme.en_octets(un) for forme in (classeur, diaporama, traitement_texte)]
    assert ailleurs.stdout.split() == [hashlib.sha256(une).hexdigest() for une in ici]


def test_what_has_no_invisible_character_is_not_copied() -> None:
    net = document(*TOUS)
    assert formes.sans_invisibles(net) is net
    sale = replace(net, mentions={"Objet": "de\u0000mandes"})
    assert formes.sans_invisibles(sale).mentions == {"Objet": "demandes"}
    assert formes.sans_invisibles(sale).sections is net.sections

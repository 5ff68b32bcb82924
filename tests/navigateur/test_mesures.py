"""Corrective measures in the browser: proposed, accepted, told, answered, in one run."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import Magasin
from infocentre.demarches.message import joindre
from infocentre.entrepot import Dossier
from infocentre.lecture.lieux import ouvrir_pour
from infocentre.lecture.perimetre import TOUT
from tests.navigateur.conftest import Onglet, Ouvrir, servir
from tests.navigateur.test_pages import verifier

LONG = 60_000  # milliseconds, on a machine that does something else
GUICHET = "Mairie de Font-Claire-en-Provence"


@pytest.fixture(scope="module")
def donnees(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demonstration, in which one may decide."""
    racine = tmp_path_factory.mktemp("mesures") / "donnees"
    shutil.copytree(entrepot_demo.racine, racine, symlinks=True, copy_function=_lier)
    return racine


def _lier(de: str, vers: str) -> None:
    Path(vers).hardlink_to(de)


@pytest.fixture(scope="module")
def site(donnees: Path) -> Iterator[str]:
    with servir(Dossier(donnees)) as adresse:
        yield adresse


def test_from_what_the_month_proposes_to_the_answer(
    ouvrir: Ouvrir, site: str, donnees: Path, tmp_path: Path
) -> None:
    onglet = ouvrir(site)
    page = onglet.page
    onglet.aller("/")
    page.get_by_role("link", name="Mesures correctives").click()
    onglet.titre("Mesures")
    verifier(onglet)
    page.get_by_role("button", name="Ouvrir les affaires").click()
    page.get_by_role("button", name="Tout accepter").click(timeout=LONG)
    expect(page.locator("main")).to_contain_text("3 messages à envoyer", timeout=LONG)

    page.get_by_role("table", name="Affaires").get_by_role("link", name=GUICHET).click()
    onglet.titre(GUICHET)
    _reecrire(onglet)
    page.locator("summary", has_text="Signaler à l'organisme").click()
    verifier(onglet)
    page.get_by_role("button", name="Signaler à l'organisme").click()
    expect(page.get_by_role("alert")).to_contain_text("Il manque « Canal »", timeout=LONG)
    page.get_by_label("Canal").fill("téléphone")
    page.get_by_role("button", name="Signaler à l'organisme").click()
    expect(page.locator("main")).to_contain_text("Signalé, étape 1", timeout=LONG)

    page.set_input_files("input[type=file]", _rendre(donnees, tmp_path))
    expect(page.locator("main")).to_contain_text("Réponse reçue, en cours", timeout=LONG)
    expect(page.locator("main")).to_contain_text("Deux agents formés.")
    onglet.aller("/")
    expect(page.locator("main")).to_contain_text("2 à envoyer")


def _reecrire(onglet: Onglet) -> None:
    """Change the message: it is kept as it was written."""
    corps = onglet.page.locator("textarea").filter(has_text="Bonjour,")
    corps.fill("Bonjour,\n\nAppelez-nous.\n")
    onglet.page.get_by_role("button", name="Garder ces mots").click()
    expect(onglet.page.locator("main")).to_contain_text("Modifier le message", timeout=LONG)
    expect(corps).to_have_value("Bonjour,\n\nAppelez-nous.")


def _rendre(donnees: Path, tmp_path: Path) -> Path:
    """Return the workbook of the affaire as its organisme gives it back."""
    registre = Affaires(Magasin(f"sqlite:///{donnees / 'decisions.sqlite'}"), Acteur("x"))
    (une,) = [autre for autre in registre.lister() if autre.etat == "signale"]
    with ouvrir_pour(Dossier(donnees), TOUT) as v:
        (_, xlsx) = joindre(v, une, lambda *_: b"")
    classeur = openpyxl.load_workbook(io.BytesIO(xlsx.octets))
    classeur["Réponse"]["B1"], classeur["Réponse"]["B4"] = "d'accord", "Deux agents formés."
    chemin = tmp_path / "rendu.xlsx"
    classeur.save(chemin)
    return chemin

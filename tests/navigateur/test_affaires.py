"""The page of a procedure in the browser: an affaire opened, moved, answered, with its papers."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from infocentre.acces.perimetre import TOUT
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.procedures.revue_des_acces.demonstration import planter
from tests.donnees.atelier import copie
from tests.navigateur.conftest import BUREAU, LONG, Arriver, Onglet, servir
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent

REVUES = "/affaires/revue_des_acces"


def test_an_affaire_is_opened_handed_over_answered_and_asked_for(
    arriver: Arriver, entrepot_demo: Dossier, tmp_path: Path
) -> None:
    racine = copie(entrepot_demo.racine, tmp_path / "donnees")
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        assert planter(v, ouvrir_magasin(racine), "013") == 3
    with servir(Dossier(racine)) as site:
        onglet = Onglet(arriver().new_page(), site)
        onglet.page.set_default_timeout(LONG)
        _lire_les_listes(onglet)
        _ouvrir(onglet)
        _repondre(onglet, tmp_path / "rendu.xlsx")
        _demander(onglet)
        assert onglet.erreurs == []


def _lire_les_listes(onglet: Onglet) -> None:
    """Every procedure, one without any affaire, one that has some."""
    contenu = onglet.page.locator("main")
    onglet.aller("/affaires")
    expect(contenu).to_contain_text("Revue des accès au SNE", timeout=LONG)
    verifier(onglet)
    onglet.aller("/affaires/reclamations")
    expect(contenu).to_contain_text("Aucune affaire en cours.", timeout=LONG)
    verifier(onglet)
    onglet.aller("/acces")
    contenu.get_by_role("link", name="Cette page a une autre adresse").click()
    expect(contenu).to_contain_text("3 affaires", timeout=LONG)
    verifier(onglet)


def _ouvrir(onglet: Onglet) -> None:
    """Open the review of the guichet that has the longest name, then note that it was handed."""
    page, contenu = onglet.page, onglet.page.locator("main")
    page.set_viewport_size(BUREAU)
    onglet.aller(f"{REVUES}?etat=a_ouvrir")
    liens = contenu.locator("a[href*='ouvrir=']").all()
    max(liens, key=lambda un: len(un.text_content() or "")).click()
    expect(contenu.get_by_label("Guichet", exact=True)).not_to_have_value("", timeout=LONG)
    contenu.get_by_role("button", name="Figer la liste").click()
    expect(contenu).to_contain_text("La liste des accès est figée.", timeout=LONG)
    verifier(onglet)
    page.set_viewport_size(BUREAU)
    contenu.get_by_text("Dit ou remis autrement").click()
    contenu.get_by_label("Canal").select_option("courrier")
    contenu.get_by_role("button", name="Noter que c’est fait").click()
    expect(contenu).to_contain_text("Réponse du guichet attendue", timeout=LONG)
    expect(contenu.get_by_role("status")).to_have_text("Liste envoyée.")
    expect(page.locator("#contenu")).to_be_focused()  # the button is gone: Tab goes on from here


def _repondre(onglet: Onglet, rendu: Path) -> None:
    """Take the letter, fill the workbook in, send it back."""
    page, contenu = onglet.page, onglet.page.locator("main")
    lettre = contenu.get_by_role("link", name="Liste à signer (PDF)").get_attribute("href")
    assert page.request.get(f"{onglet.site}{lettre}").body().startswith(b"%PDF")
    liste = contenu.get_by_role("link", name="Liste à remplir (.xlsx)").get_attribute("href")
    octets = page.request.get(f"{onglet.site}{liste}").body()
    classeur = openpyxl.load_workbook(io.BytesIO(octets))
    feuille = classeur["Accès"]
    for rang in range(2, feuille.max_row + 1):
        feuille[f"E{rang}"] = "maintenir" if rang > 2 else "fermer"
    classeur.save(rendu)
    page.set_input_files("input[type=file]", rendu)
    expect(contenu).to_contain_text("Répondue", timeout=LONG)
    expect(contenu.get_by_role("row").filter(has_text="fermer")).not_to_have_count(0)
    verifier(onglet)
    page.set_viewport_size(BUREAU)


def _demander(onglet: Onglet) -> None:
    """Ask for what was answered, for all guichets at once."""
    page, contenu = onglet.page, onglet.page.locator("main")
    contenu.get_by_role("link", name="Revue des accès au SNE").click()
    expect(contenu).to_contain_text("1 guichet demande des changements", timeout=LONG)
    demander = contenu.get_by_role("button", name="Les noter demandés au SNE")
    demander.click()
    expect(demander).to_have_count(0, timeout=LONG)
    demandees = page.get_by_role("row").filter(has_text="On attend la livraison suivante")
    expect(demandees).to_have_count(2, timeout=LONG)

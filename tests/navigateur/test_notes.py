"""Notes, events on the curves and views that are kept, by the keyboard and at every width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from infocentre.entrepot import Dossier
from tests.navigateur.conftest import BUREAU, Onglet, Ouvrir, servir
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent

MARKUP = "Appelé le 12.\n<img src=x onerror=\"document.title='pris'\">"


@pytest.fixture(scope="module")
def site_a_part(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demonstration with decisions that no other test reads."""
    ou: Path = tmp_path_factory.mktemp("notes") / "decisions.sqlite"
    with servir(entrepot_demo, INFOCENTRE_DECISIONS=f"sqlite:///{ou}") as adresse:
        yield adresse


@pytest.fixture
def onglet(ouvrir: Ouvrir, site_a_part: str) -> Onglet:
    return ouvrir(site_a_part)


def test_a_note_and_an_event_are_written_by_the_keyboard_and_read(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/indicateurs/ATT_TARDIVE")
    page.locator("summary", has_text="Ajouter un événement").focus()
    page.keyboard.press("Enter")
    champ = page.get_by_label("Jour, ou premier jour")
    champ.fill("2026-03-02")
    page.get_by_label("Dernier jour").fill("2026-03-20")
    page.get_by_label("Ce qui s’est passé").fill("Panne du serveur")
    page.keyboard.press("Enter")
    expect(page.locator("#evenements")).to_contain_text("du 02/03/2026 au 20/03/2026")
    page.locator("summary", has_text="Écrire une note").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Note", exact=False).first.fill(MARKUP)
    page.get_by_role("button", name="Enregistrer la note").press("Enter")
    expect(page.locator("#notes .note-texte")).to_have_text(MARKUP)
    expect(page.locator("#notes")).to_contain_text("lue par les gestionnaires")
    verifier(onglet)
    onglet.aller("/indicateurs/ATT_TARDIVE")
    numero = page.locator(".js-plotly-plot .annotation", has_text=re.compile("^1$"))
    expect(numero).to_be_visible()
    expect(page.locator(".reperes li").first).to_contain_text("Panne du serveur")
    assert "pris" not in page.title()
    page.locator("#notes").get_by_role("button", name="Retirer").press("Enter")
    expect(page.locator("#notes .note-texte")).to_have_count(0)


def test_a_view_is_kept_opened_by_default_and_left(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/suivi")
    haut = page.locator(".grille-suivi").bounding_box()
    page.locator("summary", has_text="Vues gardées").click()
    assert page.locator(".grille-suivi").bounding_box() == haut  # nothing moves
    page.keyboard.press("Enter")
    page.locator("#filtre-etat").select_option("rouge")
    page.wait_for_url("**etat=rouge*")
    onglet.attendre_le_calme()  # the page that has these filters is there, its panels as they stay
    if not page.locator("#vues-nom").is_visible():
        page.locator("summary", has_text="Vues gardées").click()
    page.locator("#vues-nom").fill("En rouge")
    page.get_by_label("Ouvrir cette page avec ces filtres").check()
    page.get_by_role("button", name="Garder", exact=True).click()
    expect(page.locator(".vues-gardees")).to_contain_text("En rouge")
    verifier(onglet)
    page.set_viewport_size(BUREAU)
    onglet.aller("/")
    page.locator("#menu a", has_text="Suivi").click()
    page.wait_for_url("**/suivi?*etat=rouge*")
    expect(page.locator("#filtre-etat")).to_have_value("rouge")
    # What is then chosen is added to what the page opened with.
    page.locator("#filtre-recherche").press_sequentially("agence")
    page.wait_for_url("**etat=rouge*recherche=agence*")
    page.go_back()
    page.wait_for_url(lambda une: "recherche" not in une)
    page.locator("#filtre-etat").select_option("")
    page.wait_for_url("**vue=aucune*")
    expect(page.locator("#filtre-etat")).to_have_value("")
    page.reload()
    expect(page.locator("#filtre-etat")).to_have_value("")
    page.locator("#menu a", has_text="Suivi").click()
    expect(page.locator("#filtre-etat")).to_have_value("rouge")

"""What a gestionnaire met on the pages and must not meet again, by the number it was told under."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, ViewportSize, expect

from tests.navigateur.conftest import TELEPHONE, Onglet, Ouvrir
from tests.navigateur.test_graphiques import donner_leurs_images

pytestmark = pytest.mark.lent

# Fields whose right is beyond that of their place, or of the screen; those that meet another.
DEBORDENT = """() => {
  const champs = [...document.querySelectorAll('.filtres .filtre')].filter(un => un.offsetParent);
  const cadres = champs.map(un => [un.innerText, un.getBoundingClientRect()]);
  return cadres.filter(([nom, a], rang) => a.right > innerWidth + 1 || cadres.some(([, b], autre) =>
    autre > rang && a.left < b.right - 1 && b.left < a.right - 1 &&
    a.top < b.bottom - 1 && b.top < a.bottom - 1)).map(([nom]) => nom);
}"""


def test_f2_every_chart_gives_its_picture(onglet: Onglet) -> None:
    """Those that lead nowhere do in test_graphiques.py."""
    for adresse in ("/tableaux/DEM-05", "/tableaux/ATT-09", "/pourquoi/ATT_TARDIVE"):
        onglet.aller(adresse)
        donner_leurs_images(onglet)
    onglet.aller("/suivi")
    pire = onglet.page.locator(".ag-row[row-index='0'] a.nom-suivi").get_attribute("href")
    onglet.aller(pire or "")
    donner_leurs_images(onglet)


def test_f10_the_click_after_tab_is_not_lost(onglet: Onglet) -> None:
    for adresse, nom, vers in (
        ("/", "Suivi", "**/suivi*"),
        ("/suivi", "Indicateurs", "**/indicateurs*"),
    ):
        onglet.aller(adresse)
        avant = onglet.page.locator("main h1").bounding_box()
        onglet.page.keyboard.press("Tab")
        expect(onglet.page.locator(".fr-skiplinks a")).to_be_focused()
        assert onglet.page.locator("main h1").bounding_box() == avant
        boite = onglet.page.locator("#menu a", has_text=nom).first.bounding_box()
        assert boite
        onglet.page.mouse.click(boite["x"] + 5, boite["y"] + boite["height"] - 3, delay=60)
        onglet.page.wait_for_url(vers)


def test_f11_a_cut_network_is_said_and_the_page_comes_when_it_is_back(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/indicateurs/ATT_TARDIVE")
    titre = page.locator("main h1").inner_text()
    page.context.set_offline(True)
    page.locator("#menu a", has_text="Suivi").click()
    avis = page.get_by_role("alert").filter(has_text="Le serveur ne répond pas")
    expect(avis).to_be_visible()
    expect(page).to_have_url(re.compile("/indicateurs/ATT_TARDIVE"))
    expect(page.locator("main h1")).to_have_text(titre)
    avis.get_by_role("button", name="Réessayer").click()
    expect(avis).to_be_visible()
    # The browser says that the network is back before an attempt has failed: the page comes.
    retenues: list[Route] = []

    def retenir(une: Route) -> None:
        retenues.append(une)

    page.route("**/_dash-update-component*", retenir, times=1)
    with page.expect_request("**/_dash-update-component*") as tentative:
        avis.get_by_role("button", name="Réessayer").click()
    assert "contenu-page.children" in (tentative.value.post_data or "")
    page.context.set_offline(False)
    expect(page.locator("main h1")).to_contain_text("Suivi des guichets")
    expect(page).to_have_url(re.compile("/suivi"))
    expect(avis).to_have_count(0)
    retenues[0].abort()
    # A server that falls silent: nothing tells that it is back, the button asks again.
    page.route("**/_dash-update-component*", lambda une: une.abort())
    page.route("**/version", lambda une: une.abort())
    page.locator("#filtre-etat").select_option("rouge")
    expect(avis).to_be_visible()
    page.unroute_all()
    # Unless what the header asks by itself was answered first, and the page came.
    avis.get_by_role("button").evaluate_all("tous => tous.forEach((un) => un.click())")
    expect(page).to_have_url(re.compile("etat=rouge"))
    expect(avis).to_have_count(0)
    assert [une for une in onglet.erreurs if "ERR_" not in une and "fetch" not in une] == []
    onglet.erreurs.clear()


def test_f14_filters_neither_meet_nor_leave_the_screen(ouvrir: Ouvrir) -> None:
    onglet = ouvrir(taille=ViewportSize(width=680, height=800))
    for adresse in ("/suivi", "/tableaux/ATT-09", "/demandes?code=ATT_TARDIVE", "/documents"):
        onglet.aller(adresse)
        replis = onglet.page.locator(".filtres details")
        replis.evaluate_all("tous => tous.forEach(un => un.open = true)")
        for largeur in (680, 780, 990):
            onglet.page.set_viewport_size(ViewportSize(width=largeur, height=800))
            assert onglet.page.evaluate(DEBORDENT) == [], (adresse, largeur)
            assert onglet.page.evaluate("document.documentElement.scrollWidth") <= largeur


def test_a_filter_acts_while_one_types(onglet: Onglet) -> None:
    onglet.aller("/suivi")
    champ = onglet.page.locator("#filtre-recherche")
    champ.press_sequentially("gar", delay=30)
    onglet.page.wait_for_url("**recherche=gar*")
    champ.press_sequentially("laban", delay=30)  # while the first answer comes
    onglet.page.wait_for_url("**recherche=garlaban*")
    onglet.attendre_le_calme()
    expect(champ).to_have_value("garlaban")
    expect(champ).to_be_focused()
    noms = onglet.page.locator(".ag-pinned-left-cols-container .nom-suivi").all_inner_texts()
    assert noms
    assert all("garlaban" in un.lower() or "Ensemble" in un for un in noms), noms


def test_no_font_is_missing(onglet: Onglet) -> None:
    manquent: list[str] = []
    onglet.page.on("response", lambda une: manquent.append(une.url) if une.status > 399 else None)
    onglet.aller("/requetes")
    onglet.page.evaluate("document.querySelector('main h1').style.fontStyle = 'italic'")
    onglet.page.evaluate("document.fonts.ready.then(() => 1)")
    onglet.attendre_le_calme()
    assert manquent == []


def test_nothing_covers_the_search_field(ouvrir: Ouvrir) -> None:
    onglet = ouvrir(taille=TELEPHONE)
    onglet.aller("/suivi")
    for largeur in (TELEPHONE["width"], 680):
        onglet.page.set_viewport_size(ViewportSize(width=largeur, height=844))
        _voir_le_champ(onglet)


def _voir_le_champ(onglet: Onglet) -> None:
    dessus: Any = onglet.page.evaluate("""() => {
        const champ = document.getElementById('recherche-entete');
        const r = champ.getBoundingClientRect();
        return [r.top + 1, (r.top + r.bottom) / 2, r.bottom - 1].map(y =>
            document.elementFromPoint(r.left + 20, y) === champ);
    }""")
    assert dessus == [True] * 3
    coupes = onglet.page.locator(".filtres select, #recherche-entete")
    assert set(
        coupes.evaluate_all("tous => tous.map(un => getComputedStyle(un).textOverflow)")
    ) == {"ellipsis"}

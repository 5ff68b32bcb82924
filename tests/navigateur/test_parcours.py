"""What people do: go from the month to a list, filter, come back, use the keyboard or a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Route, expect

from infocentre.entrepot import Dossier, Publication
from tests.donnees.atelier import SANS_MAGASIN
from tests.navigateur.conftest import LONG, TELEPHONE, Arriver, Onglet, Ouvrir, servir

pytestmark = pytest.mark.lent

CONTROLE_MS = 16_000  # a page asks for the published version every 15 s


def test_de_l_accueil_a_l_export(onglet: Onglet, tmp_path: Path) -> None:
    page = onglet.page
    onglet.aller("/")
    suivre(onglet, "/guichet/")
    suivre(onglet, "/indicateurs/")
    suivre(onglet, "/demandes")
    code = parametre(onglet, "code")
    expect(page.locator("main")).to_contain_text(f"{code} – ")
    annonce = page.locator("main .fr-text--lead").first.inner_text()
    nombre = re.match(r"[\d\s]+", annonce)
    assert nombre, annonce
    with page.expect_download() as attendu:
        page.get_by_role("link", name="Exporter la liste en xlsx").click()
    fichier = tmp_path / "liste.xlsx"
    attendu.value.save_as(fichier)
    lignes = openpyxl.load_workbook(fichier).worksheets[0].iter_rows(values_only=True)
    exportees = sum(1 for ligne in lignes if ligne and ligne[0] == code)
    assert exportees == int(re.sub(r"\s", "", nombre[0])) > 0


def test_a_file_says_that_it_comes_and_a_refused_one_why(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/demandes?code=ATT_TARDIVE")
    lien = page.get_by_role("link", name="Exporter la liste en xlsx")
    retenues: list[Route] = []
    page.route("**/*.xlsx*", lambda une: retenues.append(une))  # noqa: PLW0108 - it must bear marks
    with page.expect_download() as attendu:
        lien.click()
        expect(lien).to_have_attribute("aria-busy", "true")
        lien.click()  # asked once
        (retenue,) = retenues
        retenue.continue_()
    assert attendu.value.suggested_filename.endswith(".xlsx")
    expect(lien).not_to_have_attribute("aria-busy", "true")
    page.unroute_all()
    lien.evaluate("un => { un.href = un.href.replace(/mois=[0-9-]+/, '') + '&mois=1999-01' }")
    lien.click()
    refus = page.get_by_role("alert")
    expect(refus).to_contain_text("Aucune donnée contrôlée pour janvier 1999.", timeout=LONG)
    lien.click()
    expect(refus).to_have_count(1)
    assert {"status of 404" in une for une in onglet.erreurs} == {True}
    onglet.erreurs.clear()


CLICS, A_RELANCER = 8, 6
SIX_EN_ROUGE = """
UPDATE valeurs SET etat = 'rouge'
WHERE code = 'CPL_CONTACT' AND niveau = 'guichet' AND mois = '2026-10' AND guichet IN (
    SELECT guichet FROM valeurs
    WHERE code = 'CPL_CONTACT' AND niveau = 'guichet' AND mois = '2026-10'
    ORDER BY numerateur DESC LIMIT 6
)
"""


@pytest.fixture(scope="module")
def six(
    entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Dossier, str]]:
    """Serve a month in which six guichets are to be called; give its data and its address."""
    dossier = Dossier(tmp_path_factory.mktemp("six") / "donnees")
    shutil.copytree(entrepot_demo.racine, dossier.racine, symlinks=True, ignore=SANS_MAGASIN)
    republier(dossier, SIX_EN_ROUGE)
    with servir(dossier, INFOCENTRE_PROCESSUS="2") as site:
        yield dossier, site


def test_the_month_of_six_guichets(
    six: tuple[Dossier, str], ouvrir: Ouvrir, tmp_path: Path
) -> None:
    """From the accueil alone: who, why and since when are read, each list taken in a click."""
    onglet = ouvrir(six[1])
    page = onglet.page
    onglet.aller("/")
    faire = page.locator(".a-faire > li", has_text="en rouge ou à traiter.")
    siens = faire.locator("li", has=page.get_by_role("link", name="Exporter (xlsx)"))
    expect(siens.nth(A_RELANCER - 1)).to_be_attached()
    clics, pris = 0, set()
    for rang in range(A_RELANCER):
        sien = siens.nth(rang)
        if not sien.is_visible():
            faire.get_by_text(re.compile("^Voir les? ")).click()
            clics += 1
        expect(sien).to_contain_text(re.compile("[■✖] .+ depuis "))
        with page.expect_download() as attendu:
            sien.get_by_role("link", name="Exporter (xlsx)").click()
        clics += 1
        fichier = tmp_path / attendu.value.suggested_filename
        attendu.value.save_as(fichier)
        pris.add(fichier)
        lignes = openpyxl.load_workbook(fichier).worksheets[0].iter_rows(values_only=True)
        assert sum(1 for _ in lignes) > 1, sien.inner_text()
    assert (len(pris), clics <= CLICS) == (A_RELANCER, True), clics


def test_d_un_taux_a_qui_l_a_fait_bouger(onglet: Onglet) -> None:
    """From the list of indicators: why one moved, between other months, then who; and back."""
    page = onglet.page
    onglet.aller("/indicateurs")
    suivre(onglet, "/pourquoi/")
    onglet.titre("Pourquoi ce taux a bougé")
    expect(page.locator(".en-bref")).to_contain_text("Entre octobre 2025 et octobre 2026")
    page.locator("[data-filtre=depuis]").select_option("2026-06")
    expect(page.locator(".en-bref")).to_contain_text("Entre juin 2026 et octobre 2026")
    suivre(onglet, "/guichet/")
    page.go_back()
    expect(page.locator(".en-bref")).to_contain_text("Entre juin 2026 et octobre 2026")


def test_a_keyboard_is_enough_to_find_a_guichet(onglet: Onglet) -> None:
    """From any page: the field, its results, the page; the month stays in the address."""
    page = onglet.page
    onglet.aller("/guichet/G1302?mois=2026-08")
    page.get_by_role("search").get_by_role("searchbox").focus()
    page.keyboard.type("phare")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_have_text("Recherche")
    assert parametre(onglet, "mois") == "2026-08"
    lien = page.locator("main a[href^='/guichet/G1302']")
    expect(lien).to_be_visible()
    for _ in range(30):
        if lien.evaluate("un => un === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("agence du Phare")
    assert parametre(onglet, "mois") == "2026-08"


def suivre(onglet: Onglet, chemin: str) -> None:
    """Click the first visible link of the page that leads there; wait for what it shows."""
    page = onglet.page
    lien = page.locator(f"main a[href^='{chemin}']:visible").first
    adresse = lien.get_attribute("href")
    avant = page.title()
    lien.click()
    page.wait_for_url(f"**{adresse}")
    expect(page).not_to_have_title(avant)
    expect(page.locator("main h1")).to_be_visible()


def parametre(onglet: Onglet, nom: str) -> str:
    """Return a parameter of the address, empty when it has none."""
    return parse_qs(urlsplit(onglet.page.url).query).get(nom, [""])[0]


def test_filtres_dans_l_adresse_et_retour(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/suivi")
    type_, mois = page.locator("[data-filtre=type]"), page.locator("[data-filtre=mois]")
    page.get_by_text("Plus de réglages").click()
    ici, dessous, cherche = (
        un.bounding_box() for un in (mois, type_, page.locator("[data-filtre=recherche]"))
    )
    assert ici
    assert dessous
    assert cherche
    assert cherche["y"] == ici["y"]  # one row stays one row, what is folded opens under it
    assert 0 < dessous["y"] - ici["y"] < 200
    dernier = mois.input_value()
    type_.select_option("BAILLEUR")
    page.wait_for_url("**type=BAILLEUR**")
    mois.select_option("2026-08")
    page.wait_for_url("**mois=2026-08**")
    onglet.titre("Suivi des guichets")
    expect(page.locator("main")).to_contain_text("août 2026")
    assert parametre(onglet, "type") == "BAILLEUR"
    page.reload()
    expect(mois).to_have_value("2026-08")
    expect(type_).to_have_value("BAILLEUR")
    page.go_back()
    expect(mois).to_have_value(dernier)
    expect(type_).to_have_value("BAILLEUR")
    page.go_back()
    expect(type_).to_have_value("")
    assert parametre(onglet, "type") == ""


def test_chercher_un_guichet_au_clavier(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/guichets?montrer=ouverts&page=1")
    toutes = page.locator(".liste").first.locator("tbody tr").count()
    page.get_by_label("Chercher un guichet", exact=True).focus()
    page.keyboard.type("aubagne")
    page.keyboard.press("Enter")
    page.wait_for_url("**recherche=aubagne**")
    lignes = page.locator(".liste").first.locator("tbody tr")
    expect(lignes).not_to_have_count(toutes)
    expect(lignes.first).to_contain_text("Aubagne")
    assert (parametre(onglet, "montrer"), parametre(onglet, "page")) == ("ouverts", "")
    page.reload()
    expect(page.get_by_label("Chercher un guichet", exact=True)).to_have_value("aubagne")
    page.go_back()
    expect(page.get_by_label("Chercher un guichet", exact=True)).to_have_value("")
    expect(lignes).to_have_count(toutes)
    assert not onglet.erreurs


def test_clavier_seul(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Contenu", use_inner_text=True)
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main:focus-within")).to_have_count(1)
    onglet.aller("/")
    tabuler(onglet, "Indicateurs")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    onglet.titre("Indicateurs")
    expect(page).to_have_url(re.compile(r"/indicateurs(\?|$)"))


def test_de_l_accueil_a_l_export_sans_souris(onglet: Onglet, tmp_path: Path) -> None:
    """Tab and Enter alone: a guichet, one of its rates, its list, then the list as a workbook."""
    page = onglet.page
    onglet.aller("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # « Contenu »: past the menu
    expect(page.locator("#contenu")).to_be_focused()
    for chemin in ("/guichet/", "/indicateurs/", "/demandes?"):
        atteindre(onglet, f"main a[href^='{chemin}']")
        avant = page.title()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{chemin}**")
        expect(page).not_to_have_title(avant)
        expect(page.locator("main h1")).to_be_visible()
    code = parametre(onglet, "code")
    atteindre(onglet, "main a[href^='/export/demandes.xlsx']")
    with page.expect_download() as attendu:
        page.keyboard.press("Enter")
    fichier = tmp_path / "liste.xlsx"
    attendu.value.save_as(fichier)
    lignes = openpyxl.load_workbook(fichier).worksheets[0].iter_rows(values_only=True)
    assert any(ligne and ligne[0] == code for ligne in lignes)


def atteindre(onglet: Onglet, lien: str) -> None:
    """Press Tab until what has the focus is such a link."""
    for _ in range(150):
        if onglet.page.evaluate("lien => document.activeElement.matches(lien)", lien):
            return
        onglet.page.keyboard.press("Tab")
    raise AssertionError(lien)


def test_each_block_of_code_has_what_copies_it(onglet: Onglet) -> None:
    page = onglet.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for adresse in ("/aide", "/requetes/outils"):
        onglet.aller(adresse)
        blocs = page.locator("main .code")
        expect(blocs).to_have_count(page.locator("main pre").count())
        assert blocs.count() > 5
        blocs.last.get_by_role("button", name="Copier").click()
        expect(blocs.last).to_contain_text("Copié")
        copie = page.evaluate("navigator.clipboard.readText()")
        assert copie == blocs.last.locator("pre").inner_text()


def tabuler(onglet: Onglet, texte: str) -> None:
    """Press Tab until the link that has this text has the focus."""
    for _ in range(20):
        onglet.page.keyboard.press("Tab")
        if onglet.page.evaluate("document.activeElement.innerText") == texte:
            return
    raise AssertionError(texte)


def test_menu_du_telephone(ouvrir: Ouvrir) -> None:
    onglet = ouvrir(taille=TELEPHONE)
    page = onglet.page
    onglet.aller("/")
    bouton, lien = page.locator("#bouton-menu"), page.locator("#menu a", has_text="Livraisons")
    expect(lien).to_be_hidden()
    bouton.click()
    expect(bouton).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(lien).to_be_hidden()
    expect(bouton).to_be_focused()
    bouton.click()
    lien.click()
    onglet.titre("Livraisons")
    expect(lien).to_be_hidden()
    expect(bouton).to_have_attribute("aria-expanded", "false")


def test_version_publiee_pendant_la_lecture(
    ouvrir: Ouvrir, arriver: Arriver, six: tuple[Dossier, str]
) -> None:
    dossier, site = six
    onglet = ouvrir(site, contexte=arriver())
    page = onglet.page
    page.clock.install()
    onglet.aller("/guichets")
    bandeau = page.locator("#version-nouvelle")
    expect(bandeau).to_be_empty()
    renommer(dossier, "G1302", "Guichet rebaptisé")
    page.clock.fast_forward(CONTROLE_MS)
    expect(bandeau).to_contain_text("Les données ont changé")
    page.locator("#menu a", has_text="Accueil").click()
    onglet.titre("2026")
    expect(bandeau).to_be_empty()
    page.locator("#menu a", has_text="Guichets").click()
    expect(page.locator("main")).to_contain_text("Guichet rebaptisé")
    renommer(dossier, "G1302", "Guichet encore rebaptisé")
    page.clock.fast_forward(CONTROLE_MS)
    page.get_by_role("link", name="Actualiser la page").click()
    expect(page.locator("main")).to_contain_text("Guichet encore rebaptisé")
    expect(bandeau).to_be_empty()


def renommer(dossier: Dossier, guichet: str, nom: str) -> None:
    """Publish a version in which this guichet has another name."""
    republier(dossier, f"UPDATE registre SET nom = '{nom}' WHERE guichet = '{guichet}'")


def republier(dossier: Dossier, sql: str) -> None:
    """Publish a version that differs by what this statement changes."""
    with dossier.ecrire():
        publication = Publication(dossier)
        brouillon = publication.brouillon()
        with brouillon.connexion() as con:
            con.execute(sql)
        publication.publier(brouillon, {"type": "essai"})

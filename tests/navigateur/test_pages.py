"""Every page in a browser: nothing leaves the machine, the policy is strict, axe finds nothing.

axe-core 4.14.1 (MPL-2.0) stands beside, as published on npm.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import ViewportSize, expect

from infocentre.entrepot import Dossier
from infocentre.lecture.echantillons import VERDICTS
from tests.navigateur.conftest import BUREAU, TELEPHONE, Onglet, Ouvrir, servir

pytestmark = pytest.mark.lent

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
NORMES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/",
    "/?mois=2026-02",
    "/suivi",
    "/suivi?affichage=tableau",
    "/guichet/G1302",
    "/guichet/INCONNU",
    "/guichet/ABSENT",
    "/indicateurs",
    "/indicateurs/ATT_TARDIVE",
    "/indicateurs/ABSENT",
    "/pourquoi/ATT_TARDIVE",
    "/demandes",
    "/demandes?code=ATT_TARDIVE",
    "/demandes?code=TOUS&guichet=G1303",
    "/demandes?code=CPL_CHAMPS&mois=2026-02",
    "/demande",
    "/demande/ABSENTE",
    "/adresse/inconnue",
    "/?mois=2020-01&departement=099",
    "/echantillon",
    "/recherche?q=agence",
    "/tableaux",
    "/tableaux/TAB01-01",
    "/tableaux/ATT-09",
    "/tableaux/FLUX-03",  # more columns than a screen is wide
    "/attributions",
    "/reglages/objectifs",
    "/guichets",
    "/guichets/liste-publique",
    "/livraisons",
    "/livraisons?vue=revisions",
    "/indicateurs/ATT_TARDIVE?mois=2026-08&type=COMMUNE",
    "/livraisons/2026-10",
    "/livraisons/2026-10?liste=rejets",
    "/documents",
    "/calendrier",
    "/aide",
    "/absente",
)


@pytest.mark.parametrize("adresse", PAGES)
def test_page_sure_et_accessible(onglet: Onglet, adresse: str) -> None:
    entetes = onglet.aller(adresse)
    politique = entetes["content-security-policy"]
    assert "default-src 'self'" in politique
    assert "unsafe-eval" not in politique
    assert "http" not in politique
    verifier(onglet, au_telephone="?" not in adresse)  # after it, how the same blocks are filled


def test_the_widest_table_overflows_no_page(onglet: Onglet) -> None:
    """Its cells are those of the table above, ten times as many: axe would say the same of them."""
    onglet.aller("/suivi?affichage=tableau&colonnes=tous")
    tenir(onglet, BUREAU)
    tenir(onglet, TELEPHONE)


def test_demande_accessible(onglet: Onglet) -> None:
    onglet.aller("/demandes?code=ATT_TARDIVE")
    demande = onglet.page.locator("main a[href^='/demande/']").first.get_attribute("href")
    assert demande
    onglet.aller(demande)
    onglet.titre("Demande ")
    verifier(onglet)


def test_organisme_accessible(onglet: Onglet) -> None:
    onglet.aller("/guichet/G1302")
    organisme = onglet.page.locator("main a[href^='/organisme/']").first.get_attribute("href")
    assert organisme
    onglet.aller(organisme)
    verifier(onglet)


def test_refus_accessible(onglet: Onglet) -> None:
    onglet.aller("/guichets/liste-a-publier.html?mois=1999-01")
    verifier(onglet)
    assert [erreur[-17:] for erreur in onglet.erreurs] == ["400 (BAD REQUEST)"]
    onglet.erreurs.clear()


def test_verdict_accessible(onglet: Onglet, tmp_path: Path) -> None:
    page = onglet.page
    onglet.aller("/echantillon")
    page.locator("main select[name=guichet]").select_option("G1302")
    with page.expect_download() as attendu:
        page.get_by_role("button", name="Tirer l’échantillon").click()
    attendu.value.save_as(tmp_path / "echantillon.xlsx")
    classeur = openpyxl.load_workbook(tmp_path / "echantillon.xlsx")
    feuille = classeur.worksheets[0]
    conforme = [cellule.value for cellule in feuille[1]].index(VERDICTS[0]) + 1
    feuille.cell(2, conforme, "non")
    classeur.save(tmp_path / "rempli.xlsx")
    expect(page.locator("main form .choisi")).to_have_text("aucun fichier choisi")
    with page.expect_file_chooser() as choix:
        page.get_by_text("Choisir un fichier", exact=True).click()
    choix.value.set_files(tmp_path / "rempli.xlsx")
    expect(page.locator("main form .choisi")).to_have_text("rempli.xlsx")
    page.get_by_role("button", name="Lire les verdicts").click()
    expect(page.locator("main")).to_contain_text("Verdict gardé : ")
    verifier(onglet)


def test_liste_a_publier_accessible(onglet: Onglet) -> None:
    reponse = onglet.page.request.get(f"{onglet.site}/guichets/liste-a-publier.html")
    onglet.page.set_content(reponse.text())
    expect(onglet.page.locator("h1")).to_contain_text("guichets enregistreurs")
    verifier(onglet)


@pytest.mark.parametrize("adresse", ["/", "/suivi", "/livraisons", "/demande"])
def test_entrepot_vide_accessible(ouvrir: Ouvrir, site_vide: str, adresse: str) -> None:
    onglet = ouvrir(site_vide)
    onglet.aller(adresse)
    verifier(onglet)


@pytest.fixture(scope="module")
def site_vide(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with servir(Dossier(tmp_path_factory.mktemp("vide"))) as adresse:
        yield adresse


def test_axe_voit_une_faute(onglet: Onglet) -> None:
    onglet.aller("/aide")
    onglet.page.evaluate("document.querySelector('main').append(document.createElement('select'))")
    assert [regle for regle, _ in graves(onglet)] == ["select-name"]


# Texts that are seen in less than the room of a word.
SERREES = """
[...document.querySelectorAll("main :is(p, li, dd, dt, h2, h3, td)")]
    .filter(un => un.checkVisibility() && un.innerText.trim().length > 30
        && un.getBoundingClientRect().width < 48 && !un.closest(".fr-sr-only"))
    .map(un => un.innerText.slice(0, 60))
"""


def verifier(onglet: Onglet, *, au_telephone: bool = False) -> None:
    """Judge a page at the width of a desk; at that of a telephone, nothing may overflow either.

    `au_telephone`: axe judges it there too. It would say the same of what only takes less room.
    """
    tenir(onglet, BUREAU)
    assert graves(onglet) == []
    tenir(onglet, TELEPHONE)
    assert not au_telephone or graves(onglet) == []


def tenir(onglet: Onglet, taille: ViewportSize) -> None:
    """Give the window a size, in which the page must hold, and no text be a column of letters."""
    onglet.page.set_viewport_size(taille)
    assert onglet.page.evaluate("document.documentElement.scrollWidth") <= taille["width"]
    assert onglet.page.evaluate(SERREES) == []


def graves(onglet: Onglet) -> list[tuple[str, str]]:
    """Return the serious violations that axe finds: the rule and the element."""
    if not onglet.page.evaluate("'axe' in window"):
        onglet.page.evaluate(AXE)
    resultat: dict[str, Any] = onglet.page.evaluate(
        # No rule of these reads sheets by itself, and elements are told by their text.
        "normes => axe.run(document, {resultTypes: ['violations'], runOnly: normes, "
        "preload: false, selectors: false})",
        NORMES,
    )
    return [
        (violation["id"], noeud["html"][:300])
        for violation in resultat["violations"]
        if violation["impact"] in {"serious", "critical"}
        for noeud in violation["nodes"]
    ]

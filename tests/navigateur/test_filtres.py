"""Filters, the grid, the room of a page: what only a browser shows."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import FloatRect, ViewportSize, expect

from dashboards.app import ICI
from tests.navigateur.conftest import TELEPHONE, Arriver, Onglet, Ouvrir
from tests.navigateur.test_parcours import parametre

pytestmark = pytest.mark.lent

# A grid, a list, two steps between two values: one callback keeps the filters of all pages.
AVEC_FILTRES = (
    ("/suivi", "etat"),
    ("/demandes?code=ATT_TARDIVE", "guichet"),
    ("/tableaux/ATT-09", "niveau"),
)
# What is seen of the grid without a move: its height, its header, its whole rows.
VUES = """() => {
  const grille = document.querySelector('.grille-suivi').getBoundingClientRect();
  const bas = Math.min(innerHeight, grille.bottom);
  const entieres = [...document.querySelectorAll('.ag-pinned-left-cols-container .ag-row')]
    .filter(une => une.getBoundingClientRect().bottom <= bas);
  return {
    entete: document.querySelector('.grille-suivi .ag-header').offsetHeight,
    guichets: entieres.length,
    rouges: document.querySelectorAll('.case-rouge, .case-a_traiter').length,
  };
}"""
DECALAGES = """new Promise(dire => {
  let somme = 0;
  new PerformanceObserver(liste => {
    for (const un of liste.getEntries()) if (!un.hadRecentInput) somme += un.value;
  }).observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => dire(somme))));
})"""


def test_le_focus_reste_sur_le_filtre(onglet: Onglet) -> None:
    page = onglet.page
    for adresse, nom in AVEC_FILTRES:
        onglet.aller(adresse)
        champ = page.locator(f"#filtre-{nom}")
        avant = champ.input_value()
        champ.focus()
        vues: list[str] = []
        for _ in range(2):  # the second step needs the focus that the first one kept
            page.keyboard.press("ArrowDown")
            expect(champ).not_to_have_value(vues[-1] if vues else avant)
            vues.append(champ.input_value())
            page.wait_for_url(f"**{nom}={vues[-1]}*")
            if len(champ.locator("option").all()) == 2:
                break
        expect(page.locator("#annonce-texte")).to_contain_text(page.locator("main h1").inner_text())
        expect(champ, adresse).to_be_focused()
        page.go_back()
        expect(champ).to_have_value(avant if len(vues) == 1 else vues[0])
        page.go_forward()
        expect(champ).to_have_value(vues[-1])


def test_le_menu_garde_le_mois_et_une_valeur_disparue_se_dit(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/?mois=2026-06")
    expect(page.locator(".pastille")).to_have_text("juin 2026")
    page.locator("#menu a", has_text="Suivi").click()
    onglet.titre("Suivi des guichets")
    expect(page).to_have_url(re.compile(r"/suivi\?(.*&)?mois=2026-06(&|$)"))
    expect(page.locator("#filtre-mois")).to_have_value("2026-06")
    expect(page.locator("#contenu")).to_be_focused()
    onglet.aller("/indicateurs/ATT_TARDIVE?type=DISPARU")
    expect(page.locator("#filtre-type option:checked")).to_have_text("« DISPARU », inconnu")


@pytest.mark.parametrize(("taille", "guichets"), [((1360, 900), 12), ((1280, 720), 8)])
def test_les_problemes_se_voient_sans_defiler(
    ouvrir: Ouvrir, taille: tuple[int, int], guichets: int
) -> None:
    onglet = ouvrir(taille=ViewportSize(width=taille[0], height=taille[1]))
    onglet.aller("/suivi")
    vues: dict[str, Any] = onglet.page.evaluate(VUES)
    assert vues["entete"] <= 90
    assert vues["guichets"] >= guichets
    assert vues["rouges"] > 0
    assert onglet.page.evaluate(DECALAGES) <= 0.05


def test_la_grille_au_clavier_triee_imprimee(onglet: Onglet) -> None:
    page = onglet.page
    onglet.aller("/suivi")
    page.locator("summary", has_text="Vues gardées").focus()
    page.keyboard.press("Tab")
    grille = page.locator(".grille-suivi:focus-within")
    expect(grille).not_to_have_count(0)
    for touche in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(touche)
        expect(grille).not_to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Exporter en xlsx", use_inner_text=True)
    entete = page.locator(".ag-header-cell[col-id='nom']")
    entete.locator(".ag-header-cell-label").click()
    page.wait_for_url("**tri=nom*")
    expect(entete).to_have_attribute("aria-sort", "ascending")
    premier = page.locator(".ag-row[row-index='0'] .nom-suivi").inner_text()
    export = page.get_by_role("link", name="Exporter en csv", exact=True)
    expect(export).to_have_attribute("href", re.compile("tri=nom"))
    with pypdfium2.PdfDocument(BytesIO(page.pdf(format="A4", landscape=True))) as papier:
        texte = "".join(une.get_textpage().get_text_range() for une in papier)
    assert "Ensemble du département" in texte
    assert premier.split(" – ")[0] in texte.replace("\r\n", " ")
    page.locator(".ag-row[row-index='0'] a.nom-suivi").click()
    page.wait_for_url("**/guichet/**")
    page.go_back()
    expect(page.locator(".ag-row[row-index='0'] .nom-suivi")).to_have_text(premier)
    assert parametre(onglet, "tri") == "nom"


def test_la_place_n_est_prise_que_par_ce_qui_se_lit(ouvrir: Ouvrir) -> None:
    """One left margin however wide, a short header, red cells the only loud ones, no void."""
    page = (onglet := ouvrir(taille=ViewportSize(width=1920, height=1000))).page
    onglet.aller("/suivi?mois=1999-01")
    marges = [
        cadre(onglet, un)["x"] for un in ("main h1", ".grille-suivi", ".avertissement", "#tete")
    ]
    assert marges == [marges[0]] * 4
    assert abs(cadre(onglet, "#menu a >> nth=0")["x"] + 11 - marges[0]) <= 2  # its padding
    assert cadre(onglet, "main h1")["y"] <= 120
    bandeau, phrase = cadre(onglet, ".avertissement"), cadre(onglet, ".avertissement p")
    assert bandeau["height"] - phrase["height"] <= 8
    fonds = page.evaluate(
        "['.case-vert', '.case-rouge'].map(une => "
        "getComputedStyle(document.querySelector(une)).backgroundColor)"
    )
    assert fonds == ["rgba(0, 0, 0, 0)", "rgb(255, 233, 233)"]
    pire = page.locator(".ag-row[row-index='0'] a.nom-suivi").get_attribute("href")
    onglet.aller(pire or "")
    assert cadre(onglet, ".priorite .liens a")["y"] <= 700


def test_une_longue_liste_a_une_ligne_par_demande(onglet: Onglet) -> None:
    onglet.page.set_viewport_size({"width": 1360, "height": 900})
    onglet.aller("/demandes?code=ATT_TARDIVE")
    hauteurs = onglet.page.evaluate(
        "[...document.querySelectorAll('.liste tbody tr')].map(un => un.offsetHeight)"
    )
    assert sum(une <= 40 for une in hauteurs) > 0.8 * len(hauteurs)


def cadre(onglet: Onglet, quoi: str) -> FloatRect:
    """Return where a thing is on the page."""
    boite = onglet.page.locator(quoi).first.bounding_box()
    assert boite, quoi
    return boite


@pytest.mark.parametrize(
    ("adresse", "rang", "debut", "hauteur"),
    [
        ("/suivi", ".ag-pinned-left-cols-container .ag-row", 650, 40),
        ("/demandes?code=ATT_TARDIVE", ".liste tbody tr", 950, 150),
        ("/guichets", ".liste tbody tr:nth-child(2)", 800, 140),
        ("/livraisons", ".liste tbody tr", 450, 130),
    ],
)
def test_au_telephone_une_liste_commence_tot_et_tient_en_peu(
    ouvrir: Ouvrir, adresse: str, rang: str, debut: int, hauteur: int
) -> None:
    onglet = ouvrir(taille=TELEPHONE)
    onglet.aller(adresse)
    boite = onglet.page.locator(rang).first.bounding_box()
    assert boite
    assert boite["y"] <= debut
    assert boite["height"] <= hauteur


@pytest.mark.parametrize("largeur", [1360, 390])
def test_rien_ne_bouge_pendant_la_lecture(ouvrir: Ouvrir, largeur: int) -> None:
    onglet = ouvrir(taille=ViewportSize(width=largeur, height=844))
    for adresse in ("/", "/suivi", "/guichet/G1302", "/demandes?code=ATT_TARDIVE", "/aide"):
        onglet.aller(adresse)
        assert onglet.page.evaluate(DECALAGES) <= 0.05, adresse


def test_la_premiere_visite_est_legere(ouvrir: Ouvrir, arriver: Arriver) -> None:
    onglet, recues = ouvrir(contexte=arriver()), list[tuple[str, int]]()
    onglet.page.on(
        "requestfinished",
        lambda une: recues.append((une.url, une.sizes()["responseBodySize"])),
    )
    onglet.aller("/")
    assert sum(octets for _, octets in recues) <= 400_000, sorted(recues, key=lambda une: une[1])
    assert not [url for url, _ in recues if "ag_grid" in url or "plotly" in url]
    assert len(recues) > 20


def test_aucun_texte_n_est_lu_comme_du_html() -> None:
    interdits = ("innerHTML", "outerHTML", "insertAdjacentHTML", "dangerously", "document.write")
    fautes = [
        (fichier.name, mot)
        for fichier in (ICI / "assets").rglob("*.js")
        for mot in interdits
        if mot in fichier.read_text("utf-8")
    ]
    assert fautes == []

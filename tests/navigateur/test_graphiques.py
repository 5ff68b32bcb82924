"""Charts in the browser: pointing, clicking, zooming; nothing loaded where there is none."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect

from tests.navigateur.conftest import TELEPHONE, Arriver, Onglet, Ouvrir
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

TRACE = "const gd = document.querySelector(trace + ' .js-plotly-plot');"
CHOISIR = f"{TRACE} const l = gd._fullLayout;"
# Where the first mark that leads somewhere, or that says something, stands on the screen.
MARQUE = (
    "([trace, champ]) => {"
    + CHOISIR
    + """
    const boite = gd.getBoundingClientRect(), X = l.xaxis, Y = l.yaxis;
    const place = (x, y) => [boite.x + X._offset + X.d2p(x), boite.y + Y._offset + Y.d2p(y)];
    for (const une of gd.data) {
        const rang = [].concat(une[champ] || []).findIndex((dit) => dit);
        if (rang < 0) continue;
        if (une.fill) {  // an outline: a name of the map stands within it
            const nom = l.annotations[0];
            return place(nom.x, nom.y);
        }
        if (une.type !== "bar") return place(une.x[rang], une.y[rang]);
        if (une.orientation !== "h") return place(une.x[rang], une.y[rang] / 2);
        const milieu = une.offset + une.width / 2, debut = (une.base || [])[rang] || 0;
        return place(debut + une.x[rang] / 2, une.y[rang] + milieu);
    }
}"""
)


@dataclass(frozen=True)
class Trace:
    """A chart of the page, and where its marks stand."""

    page: Page
    nom: str

    @property
    def ou(self) -> str:
        return f"""[id='{{"nom":"{self.nom}","type":"graphique"}}']"""

    def attendre(self) -> None:
        expect(self.page.locator(f"{self.ou} .main-svg").first).to_be_visible()
        self.page.wait_for_function(
            f"(trace) => {{{TRACE} return !!(gd && gd.calcdata)}}", arg=self.ou
        )
        self.page.locator(self.ou).scroll_into_view_if_needed()

    def marque(self, champ: str = "customdata") -> tuple[float, float]:
        self.attendre()
        x, y = self.page.evaluate(MARQUE, [self.ou, champ])
        return x, y

    def pointer(self, champ: str = "hovertext") -> str:
        """Point at a mark and return what it says."""
        x, y = self.marque(champ)
        self.page.mouse.move(x - 30, y - 30)
        self.page.mouse.move(x, y)
        bulle = self.page.locator(f"{self.ou} .hoverlayer .hovertext").first
        expect(bulle).to_contain_text(re.compile(r"\d"))
        return bulle.text_content() or ""

    def agrandir(self, axe: str) -> None:
        """Drag over a part of the picture, and see it alone; then all of it again."""
        self.attendre()
        etendue = f"{CHOISIR} const e = Math.abs(l.{axe}.range[1] - l.{axe}.range[0]);"
        avant = self.page.evaluate(f"(trace) => {{{etendue} return e}}", self.ou)
        boite = self.page.locator(f"{self.ou} .nsewdrag").bounding_box()
        assert boite is not None
        x, y, large, haut = boite["x"], boite["y"], boite["width"], boite["height"]
        self.page.mouse.move(x + large * 0.2, y + haut * 0.2)
        self.page.mouse.down()
        self.page.mouse.move(x + large * 0.7, y + haut * 0.7, steps=4)
        self.page.mouse.up()
        suite = f"([trace, avant]) => {{{etendue}"
        self.page.wait_for_function(f"{suite} return e < 0.8 * avant}}", arg=[self.ou, avant])
        for _ in range(5):  # a busy machine is slow to handle two clicks: they are not one double
            self.page.mouse.dblclick(x + large * 0.01, y + haut * 0.02)  # nothing there
            with contextlib.suppress(Error):
                entier = f"{suite} return e > 0.99 * avant}}"
                self.page.wait_for_function(entier, arg=[self.ou, avant], timeout=6_000)
                return
        raise AssertionError(self.nom)


# Address, chart, the axis that a zoom changes, where a click leads.
GENRES = {
    "entonnoir": ("/indicateurs/ATT_TARDIVE", "entonnoir", "yaxis", "**/guichet/*"),
    "courbe": ("/indicateurs/ATT_TARDIVE", "mois", "yaxis", ""),
    "histogramme": ("/indicateurs/REN_TARDIF", "repartition", "yaxis", ""),
    "barres": ("/tableaux/TAB01-01", "radiations-de-12-mois-par-motif", "xaxis", ""),
    "colonnes": ("/tableaux/TAB02-01", "demandes-actives-en-fin-de-periode", "yaxis", ""),
    "pyramide": ("/tableaux/ATT-14", "age-atteint-dans-l-annee", "xaxis", ""),
    "carte": ("/tableaux/DEM-05", "carte", "xaxis", "**/guichets?*recherche=*"),
    "cascade": ("/pourquoi/ATT_TARDIVE", "cascade", "xaxis", "**/guichet/*"),
}


def test_chaque_genre_dit_ses_nombres_s_agrandit_et_ouvre_ce_qui_est_derriere(
    onglet: Onglet,
) -> None:
    for genre, (adresse, nom, axe, vers) in GENRES.items():
        onglet.aller(adresse)
        trace = Trace(onglet.page, nom)
        trace.attendre()
        dit = trace.pointer("text" if genre == "carte" else "hovertext")
        page = re.sub(r"\s", "", onglet.page.locator("main").text_content() or "")
        for un in re.findall(r"\d[\d\u202f,]*", dit):  # its table says the same, folded
            assert re.sub(r"\s", "", un).rstrip(",") in page, (genre, dit)
        trace.agrandir(axe)
        if vers:
            onglet.page.wait_for_timeout(400)  # beyond, a click is not the third of a row
            onglet.page.mouse.click(*trace.marque())
            onglet.page.wait_for_url(vers)
        else:
            donner_leurs_images(onglet)


def donner_leurs_images(onglet: Onglet) -> None:
    """Have the charts of a page be downloaded, each as a picture that is not of one colour."""
    traces = onglet.page.locator(".js-plotly-plot")
    expect(traces.first).to_be_visible()
    onglet.page.locator("main details").evaluate_all("tous => tous.forEach(un => un.open = true)")
    onglet.attendre_le_calme()
    nombre = traces.count()
    # Those of a page are of one code: its first and its last; all of them in canary.
    for rang in range(nombre) if PROFONDEUR > 1 else sorted({0, nombre - 1}):
        trace = traces.nth(rang)
        expect(trace.locator(".main-svg").first).to_be_visible()
        with onglet.page.expect_download() as attendu:
            trace.locator(".modebar-btn[data-title*='PNG']").dispatch_event("click")
        with Image.open(io.BytesIO(attendu.value.path().read_bytes())) as image:
            image.load()
            assert image.format == "PNG"
            assert image.width > 100
            assert len(set(image.convert("L").resize((60, 40)).tobytes())) > 3


def test_du_doigt_toucher_montre_puis_ouvre(ouvrir: Ouvrir, arriver: Arriver) -> None:
    onglet = ouvrir(contexte=arriver(TELEPHONE))
    onglet.page.add_init_script(
        "const vraie = matchMedia; matchMedia = (q) => q.includes('coarse') ? {matches: true}"
        " : vraie.call(window, q);"
    )
    onglet.aller("/indicateurs/ATT_TARDIVE")
    trace = Trace(onglet.page, "entonnoir")
    trace.attendre()
    x, y = trace.marque()
    onglet.page.mouse.click(x, y)
    expect(onglet.page.locator(f"{trace.ou} .hoverlayer .hovertext")).to_contain_text("%")
    assert "/indicateurs/" in onglet.page.url
    onglet.page.mouse.click(x, y)
    onglet.page.wait_for_url("**/guichet/*")


def test_une_page_sans_graphique_ne_charge_pas_plotly(ouvrir: Ouvrir, arriver: Arriver) -> None:
    onglet = ouvrir(contexte=arriver())
    demandes: list[Any] = []
    onglet.page.on("request", lambda requete: demandes.append(requete.url))
    onglet.aller("/")
    onglet.aller("/guichets")
    assert not any("plotly" in une for une in demandes)
    onglet.aller("/indicateurs/ATT_TARDIVE")
    Trace(onglet.page, "mois").attendre()
    assert sum("/plotly/plotly-basic-" in une for une in demandes) == 1

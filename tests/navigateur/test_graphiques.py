"""Charts in the browser: pointing, clicking, zooming; nothing loaded where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.navigateur.conftest import Onglet

CHOISIR = "const gd = document.querySelector(trace + ' .js-plotly-plot'), l = gd._fullLayout;"


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
        self.page.wait_for_function(f"(trace) => {{{CHOISIR} return !!gd.calcdata}}", arg=self.ou)
        self.page.locator(self.ou).scroll_into_view_if_needed()

    def marque(self) -> tuple[float, float]:
        """Return where the first mark that leads somewhere stands on the screen."""
        x, y = self.page.evaluate(
            f"""(trace) => {{
                {CHOISIR}
                for (const une of gd.data) {{
                    const rang = (une.customdata || []).findIndex((lien) => lien);
                    if (rang < 0) continue;
                    const boite = gd.getBoundingClientRect();
                    return [boite.x + l.xaxis._offset + l.xaxis.d2p(une.x[rang]),
                            boite.y + l.yaxis._offset + l.yaxis.d2p(une.y[rang])];
                }}
            }}""",
            self.ou,
        )
        return x, y

    def agrandir(self) -> None:
        """Drag over a part of the picture, and see it alone; then all of it again."""
        haut = f"(trace) => {{{CHOISIR} return l.yaxis.range[1] - l.yaxis.range[0]}}"
        avant = self.page.evaluate(haut, self.ou)
        boite = self.page.locator(f"{self.ou} .nsewdrag").bounding_box()
        assert boite is not None
        x, y, large, long = boite["x"], boite["y"], boite["width"], boite["height"]
        self.page.mouse.move(x + large * 0.2, y + long * 0.2)
        self.page.mouse.down()
        self.page.mouse.move(x + large * 0.7, y + long * 0.7, steps=4)
        self.page.mouse.up()
        attendu = f"([trace, avant]) => {{{CHOISIR} const h = l.yaxis.range[1] - l.yaxis.range[0];"
        self.page.wait_for_function(f"{attendu} return h < 0.7 * avant}}", arg=[self.ou, avant])
        self.page.mouse.dblclick(x + large * 0.6, y + long * 0.1)
        self.page.wait_for_function(f"{attendu} return h === avant}}", arg=[self.ou, avant])


def test_pointer_agrandir_choisir_un_point_de_l_entonnoir(onglet: Onglet) -> None:
    onglet.aller("/indicateurs/ATT_TARDIVE")
    trace = Trace(onglet.page, "entonnoir")
    trace.attendre()
    trace.agrandir()
    onglet.page.mouse.move(*trace.marque())
    expect(onglet.page.locator(f"{trace.ou} .hoverlayer .hovertext")).to_contain_text("%")
    onglet.page.mouse.click(*trace.marque())
    onglet.page.wait_for_url("**/guichet/*")
    expect(onglet.page.locator("main h1")).to_be_visible()


def test_une_page_sans_graphique_ne_charge_pas_plotly(onglet: Onglet) -> None:
    demandes: list[str] = []
    onglet.page.on("request", lambda requete: demandes.append(requete.url))
    onglet.aller("/guichets")
    assert not any("plotly" in une for une in demandes)
    onglet.aller("/indicateurs/ATT_TARDIVE")
    Trace(onglet.page, "mois").attendre()
    assert sum("/plotly/plotly-basic-" in une for une in demandes) == 1

"""Charts on the screen: one way to show them, one plotly.js, served here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient

from dashboards.app import GRILLE
from dashboards.composants.graphique import CONFIG, graphique, vignette
from dashboards.traceur import DE_DASH, FICHIER, FICHIERS
from infocentre.graphiques import Barre
from infocentre.graphiques.descriptions import Barres

DASHBOARDS = Path(__file__).parents[2] / "dashboards"
TRACEURS = re.compile(r"\b(dcc\.Graph|import Graph|graph_objects|plotly\.express)\b")
BARRES = Barres(
    titre="Demandes par EPCI",
    lignes=(Barre("Pays d'Aix", 12, lien="/tableaux/TAB"), Barre("Pays de Martigues", 3)),
)


def test_the_chart_component_alone_draws() -> None:
    ailleurs = [
        chemin.name
        for chemin in DASHBOARDS.rglob("*.py")
        if TRACEURS.search(chemin.read_text("utf-8"))
    ]
    assert ailleurs == ["graphique.py"]


def test_nothing_is_sent_elsewhere() -> None:
    assert CONFIG["modeBarButtons"] == [["toImage", "resetScale2d"]]  # none sends it elsewhere
    assert CONFIG["plotlyServerURL"] == ""


def test_plotly_is_compressed_for_who_takes_gzip_only_too(client: FlaskClient) -> None:
    with client.get(f"/plotly/{FICHIER}", headers={"Accept-Encoding": "gzip"}) as reponse:
        assert reponse.headers["Content-Encoding"] == "gzip"
        assert len(reponse.data) < 0.45 * (FICHIERS / FICHIER).stat().st_size


def test_a_script_is_compressed_once_and_kept(client: FlaskClient) -> None:
    with client.get("/", headers={"Accept-Encoding": "br"}) as page:
        texte = brotli.decompress(page.data).decode()
    date = next(re.finditer(r'src="(/assets/composants\.js\?m=[\d.]+)"', texte))[1]
    for adresse, garde in ((date, "max-age=31536000, immutable"), (GRILLE, "no-cache")):
        with client.get(adresse, headers={"Accept-Encoding": "gzip, br"}) as reponse:
            assert (reponse.headers["Content-Encoding"], reponse.headers["Cache-Control"]) == (
                "br", garde,
            )  # fmt: skip
            compresse = reponse.data
        with client.get(adresse, headers={"Accept-Encoding": "identity"}) as reponse:
            assert brotli.decompress(compresse) == reponse.data
    marque = {"If-None-Match": reponse.headers["ETag"]}
    with client.get(GRILLE, headers=marque) as inchangee:
        assert (inchangee.status_code, inchangee.headers["Cache-Control"]) == (304, "no-cache")


@pytest.mark.parametrize(
    ("chemin", "attendu", "autre"),
    [("/suivi", GRILLE, DE_DASH), ("/indicateurs/ATT_TARDIVE", DE_DASH, GRILLE)],
)
def test_a_page_has_its_scripts_fetched_while_it_is_made(
    client: FlaskClient, chemin: str, attendu: str, autre: str
) -> None:
    texte = client.get(chemin).get_data(as_text=True)
    assert f'<link rel="preload" as="script" fetchpriority="low" href="{attendu}">' in texte
    assert autre not in texte
    assert "preload" not in client.get("/").get_data(as_text=True)


def test_plotly_is_ours_and_is_kept_a_year(client: FlaskClient) -> None:
    detour = client.get(DE_DASH)
    assert detour.status_code == 302
    assert detour.headers["Location"] == f"/plotly/{FICHIER}"
    with client.get(f"/plotly/{FICHIER}") as reponse:
        texte = reponse.get_data(as_text=True)
    version = re.search(r"\d+\.\d+\.\d+", FICHIER)
    assert version is not None
    assert f"plotly.js (basic - minified) v{version[0]}" in texte[:100]
    assert "Télécharger le graphique" in texte
    assert "max-age=31536000" in reponse.headers["Cache-Control"]


def test_a_chart_has_its_name_its_height_and_its_table() -> None:
    figure = graphique(BARRES)
    image, dessous = figure.children
    assert (image.role, getattr(image, "aria-label")) == ("group", BARRES.titre)
    assert image.style["height"].endswith("px")
    table = str(dessous)
    assert "Pays d'Aix" in table
    assert "/tableaux/TAB" in table
    assert "12" in table


def test_a_vignette_is_a_picture_that_says_what_it_shows() -> None:
    dessin: Any = vignette(BARRES, 150, 76).children
    nom, attributs, image = dessin.arbre
    assert (nom, attributs["aria-label"], image[0]) == ("div", BARRES.titre, "svg")

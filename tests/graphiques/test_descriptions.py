"""A chart described once: print, screen and table say the same numbers."""

from __future__ import annotations

import json
import time
import xml.etree.ElementTree as ET
from html import unescape
from itertools import pairwise
from typing import Any

import pytest

from infocentre.graphiques import Barre, Bulle, Point, seuils_etats
from infocentre.graphiques.carte import Etiquette, Lieu, preparer_fond
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.descriptions import (
    NOMBRE,
    TAUX,
    Bande,
    Barres,
    BarresEmpilees,
    Carte,
    Cascade,
    Colonnes,
    Courbe,
    Description,
    Endroit,
    Entonnoir,
    Etape,
    Histogramme,
    Lignes,
    Nuage,
    Pyramide,
    Vis,
)
from infocentre.graphiques.plotly import hauteur, plotly
from infocentre.graphiques.svg import svg

TITLE = "{http://www.w3.org/2000/svg}title"
SEUILS = seuils_etats(0.05, 0.15)
CARRES = {
    nom: (((x, 43.0), (x + 0.1, 43.0), (x + 0.1, 43.1), (x, 43.1)),)
    for nom, x in (("13001", 5.0), ("13002", 5.1), ("13003", 5.2))
}
FOND = preparer_fond(CARRES, {"13001": "A", "13002": "A", "13003": "B"}, 300)
LIEUX = {
    "13001": Lieu(4.5, "Aix : 4,5 (9 demandes, 2 attributions)", "/tableaux/x?commune=13001"),
    "13002": Lieu(8.0, "Istres : 8 (24 demandes, 3 attributions)"),
    "13003": Lieu(None, "Les Baux : – (1 demande, 0 attribution)"),
}
COURBE = Courbe(
    titre="Taux",
    points=(
        Point("2026-08", 0.02, 0.01, 0.04, 0.1, bulle="août 2026 : 2,0 % (4 / 200)"),
        Point("2026-09", None, bulle="septembre 2026 : sans objet"),
        Point("2026-10", 0.08, 0.05, 0.12, etat="orange", lien="/demandes?mois=2026-10"),
    ),
    seuils=SEUILS,
)
EXEMPLES: dict[str, Description] = {
    "courbe": COURBE,
    "lignes": Lignes(
        titre="L",
        abscisses=("2026-09", "2026-10"),
        series=(Serie("Dépôts", (3, None)), Serie("R", (1, 2))),
    ),
    "colonnes": Colonnes(
        titre="C",
        periodes=("2026-09", "T4 2026"),
        series=(Serie("Hors mutation", (1200, 3)), Serie("Mutations", (5, 700))),
        empilees=True,
    ),
    "barres": Barres(
        titre="B",
        unite=TAUX,
        cible=(0.25, "objectif 25 %"),
        lignes=(Barre("Un <b>&", 0.5, ecrit="50,0 % (2 sur 4)", lien="/a"), Barre("Deux", 0.125)),
    ),
    "empilees": BarresEmpilees(titre="E", series=("x", "y"), lignes=(Barre("Un", None, (3, 1)),)),
    "pyramide": Pyramide(
        titre="P",
        noms=("Part des demandes", "Part des attributions"),
        suffixes=("des demandes", "des attributions"),
        lignes=(Vis("T1", 0.4, 0.1), Vis("T2", 0.6, 0.9)),
    ),
    "histogramme": Histogramme(
        titre="H",
        nom="Taux",
        valeurs="guichets",
        mesures=(0.0, 0.01, 0.02, 0.03, 0.771),
        seuils=SEUILS,
    ),
    "bande": Bande(titre="Place", mesures=(0.1, 0.2), ici=0.15, ensemble=0.12),
    "entonnoir": Entonnoir(
        titre="F",
        points=(
            Bulle("Phare", 205, 0.771, "rouge", lien="/guichet/G1302"),
            Bulle("Calanque", 400, 0.01, "vert", "Calanque : 1,0 % (4 / 400)", "/guichet/G2"),
        ),
        ensemble=0.067,
        seuils=SEUILS,
    ),
    "nuage": Nuage(
        titre="N",
        abscisse="demandes",
        ordonnee="délai",
        points=(Endroit(10, 2.5, "Aix", "a"), Endroit(20, 4, "Istres", "b", "/guichet/X")),
    ),
    "cascade": Cascade(
        titre="W",
        etapes=(
            Etape("octobre 2025", 0.02, total=True),
            Etape("Phare", 0.05, lien="/guichet/G1302"),
            Etape("structure", -0.01),
            Etape("octobre 2026", 0.06, total=True),
        ),
    ),
    "teintes": Carte(
        titre="M",
        fond=FOND,
        lieux=LIEUX,
        bornes=(5.0,),
        hachures="moins de 5 attributions",
        etiquettes=(Etiquette("Aix", ("13001",)),),
    ),
    "cercles": Carte(titre="M", fond=FOND, lieux=LIEUX),
}
TOUS = pytest.mark.parametrize("genre", EXEMPLES)


def dits_ecran(figure: dict[str, Any]) -> list[str]:
    """What pointing at each mark says, as people read it."""
    bruts: list[str] = []
    for un in figure["data"]:
        bruts += un.get("hovertext", [])
        bruts += [un["text"]] if un.get("hoverinfo") == "text" else []
    return [unescape(un.replace("<br>", " ")) for un in bruts]


def dits_papier(d: Description) -> list[str]:
    racine = ET.fromstring(svg(d))  # noqa: S314 - our own text
    return [un.text or "" for un in racine.iter(TITLE)][1:]


def liens_ecran(figure: dict[str, Any]) -> set[str]:
    return {lien for un in figure["data"] for lien in un.get("customdata", []) if lien}


@TOUS
def test_paper_and_screen_say_the_same_numbers(genre: str) -> None:
    d = EXEMPLES[genre]
    ecran, papier = dits_ecran(plotly(d)), dits_papier(d)
    if genre in {"pyramide", "bande"} or (genre == "barres"):  # paper writes them, points at none
        papier = []
    assert set(papier) <= set(ecran)
    assert ecran


@TOUS
def test_the_table_says_the_same_numbers_and_leads_to_the_same_pages(genre: str) -> None:
    d = EXEMPLES[genre]
    figure, table = plotly(d), d.table()
    ecran = " | ".join(dits_ecran(figure))
    for _, *cellules in table.lignes:
        for une in cellules:
            assert une in {"–", ""} or une in ecran or une in svg(d)
    assert {un for un in table.liens if un} == liens_ecran(figure)
    assert all(len(une) == len(table.colonnes) for une in table.lignes)


@TOUS
def test_a_figure_is_a_dict_that_json_writes_and_is_made_fast(genre: str) -> None:
    d = EXEMPLES[genre]
    debut = time.thread_time()
    for _ in range(20):
        figure = plotly(d)
    assert (time.thread_time() - debut) / 20 < 0.02
    assert json.loads(json.dumps(figure, allow_nan=False))["data"]
    assert hauteur(d) >= 90


def test_a_curve_has_its_values_its_margins_its_thresholds_and_its_gaps() -> None:
    data = {un["name"]: un for un in plotly(COURBE)["data"]}
    assert data["valeur"]["y"] == [2.0, None, 8.0]
    assert data["valeur"]["x"] == ["2026-08-01", "2026-09-01", "2026-10-01"]
    assert data["seuil orange 5\u202f%"]["y"] == [5.0, 5.0, 5.0]
    # Each run of months is an outline of its own, there and back.
    assert data["marge d’incertitude"]["y"] == [1.0, 4.0, None, 5.0, 12.0]
    assert data["orange"]["customdata"] == ["/demandes?mois=2026-10"]


def test_the_funnel_shows_at_the_top_who_is_beyond_and_says_their_true_rate() -> None:
    figure = plotly(EXEMPLES["entonnoir"])
    rouge = next(un for un in figure["data"] if un["name"] == "rouge")
    haut = figure["layout"]["yaxis"]["range"][1]
    assert rouge["y"][0] <= haut < 77.1
    assert rouge["hovertext"] == ["Phare : 77,1\u202f% sur 205"]
    assert [un["text"] for un in figure["layout"]["annotations"]] == ["Phare ↑ 77,1\u202f%"]


def test_a_point_above_the_funnel_that_has_no_name_has_an_arrow() -> None:
    """1 of 3, at the top of a frame of 20 %: it stood there as if it were 20 %."""
    petit, haut = Bulle("Petit", 3, 1 / 3, "effectif_insuffisant"), Bulle("Autre", 9, 0.0, "vert")
    figure = plotly(Entonnoir(titre="F", points=(petit, haut), ensemble=0.067, seuils=SEUILS))
    (fleche,) = figure["layout"]["annotations"]
    assert (fleche["text"], fleche["x"] ** 2) == ("↑", pytest.approx(3))


def test_the_last_class_is_open_and_does_not_claim_to_hold_77_per_cent() -> None:
    figure = plotly(EXEMPLES["histogramme"])
    dits = dits_ecran(figure)
    assert dits[-1] == "20\u202f% et plus : 1 guichet"
    assert sum(int(un.split(" : ")[1].split()[0]) for un in dits) == 5


def test_the_cascade_goes_from_one_level_to_the_other() -> None:
    d = EXEMPLES["cascade"]
    assert isinstance(d, Cascade)
    for avant, apres in pairwise(d.marches()):
        assert apres.niveau or apres.de == pytest.approx(avant.a)
    (barre,) = plotly(d)["data"]
    assert [b + x for b, x in zip(barre["base"], barre["x"], strict=True)] == pytest.approx(
        [2, 7, 7, 6]
    )
    assert d.ecrit(d.etapes[2]) == "−1,00 pt"


def test_a_commune_without_a_value_is_hatched_and_each_class_is_said_once() -> None:
    data = plotly(EXEMPLES["teintes"])["data"]
    assert [un["name"] for un in data if un.get("showlegend")] == [
        "moins de 5",
        "5 et plus",
        "moins de 5 attributions",
    ]
    assert sum("fillpattern" in un for un in data) == 1


def test_a_name_is_never_markup() -> None:
    figure = plotly(EXEMPLES["barres"])
    nom = figure["layout"]["annotations"][0]["text"]
    assert nom == "Un &lt;b&gt;&amp;  <b>50,0 % (2 sur 4)</b>"
    assert "<b>" not in figure["data"][0]["hovertext"][0]


def test_a_unit_writes_as_people_read() -> None:
    assert TAUX.ecrire(0.0321) == "3,2\u202f%"
    assert NOMBRE.ecrire(1234) == "1\u202f234"
    assert NOMBRE.ecrire(None) == "–"

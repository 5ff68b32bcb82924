"""Maps: shared borders, classes, circles, names, and the contours they are drawn from."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from infocentre.contrat.contours import contours
from infocentre.contrat.territoires import territoires
from infocentre.graphiques.carte import (
    TEINTES,
    Etiquette,
    Lieu,
    carte,
    classe,
    classer,
    legende_cercles,
    legende_teintes,
    noms_des_classes,
    preparer_fond,
    reunir,
)
from infocentre.graphiques.colonnes import Serie, colonnes

# Two squares side by side and one above the first.
CARRES = {
    "a": (((0.0, 45.0), (1.0, 45.0), (1.0, 46.0), (0.0, 46.0)),),
    "b": (((1.0, 45.0), (2.0, 45.0), (2.0, 46.0), (1.0, 46.0)),),
    "c": (((0.0, 46.0), (1.0, 46.0), (1.0, 47.0), (0.0, 47.0)),),
}
LIEUX = {"a": Lieu(1, "A : 1"), "b": Lieu(9, "B : 9"), "c": Lieu(None, "C : secret")}
SVG = "{http://www.w3.org/2000/svg}"


def _lire(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own text


def test_the_border_of_groups_leaves_out_what_they_share_inside() -> None:
    un = preparer_fond(CARRES, dict.fromkeys(CARRES, "x"))
    trois = preparer_fond(CARRES, {code: code for code in CARRES})
    assert len(re.findall("[ML]", un.limites)) - un.limites.count("M") == 8
    assert len(re.findall("[ML]", trois.limites)) - trois.limites.count("M") == 10


def test_communes_taken_as_one_have_one_ring() -> None:
    (anneau,) = reunir(CARRES, "ab")
    assert sorted(anneau) == sorted({*CARRES["a"][0], *CARRES["b"][0]})


def test_a_shaded_map_gives_classes_hatches_the_unknown_and_says_each_value() -> None:
    racine = _lire(carte(preparer_fond(CARRES, {}), LIEUX, "Carte", bornes=[5]))
    dits = [titre.text for titre in racine.iter(f"{SVG}title")]
    assert dits == ["Carte", "A : 1", "B : 9", "C : secret"]
    remplis = [trace.get("fill", "") for trace in racine.iter(f"{SVG}path")]
    assert [TEINTES[0], TEINTES[-1]] == remplis[1:3]
    assert remplis[3].startswith("url(#hachures-")


def test_two_drawings_never_share_their_hatching() -> None:
    fonds = [preparer_fond(CARRES, {}, largeur) for largeur in (620, 350)]
    noms = {re.findall('id="([^"]+)"', carte(fond, LIEUX, "Carte"))[0] for fond in fonds}
    assert len(noms) == 2


def test_areas_of_circles_are_in_proportion_to_counts() -> None:
    lieux = {"a": Lieu(100, "A"), "b": Lieu(25, "B"), "c": Lieu(0, "C")}
    racine = _lire(carte(preparer_fond(CARRES, {}), lieux, "Carte"))
    grand, petit = [float(cercle.get("r", 0)) for cercle in racine.iter(f"{SVG}circle")]
    assert grand == pytest.approx(2 * petit, rel=0.01)


def test_names_that_would_touch_are_left_out_in_their_order() -> None:
    etiquettes = [
        Etiquette("Premier", ("a",)),
        Etiquette("Second", ("a",)),
        Etiquette("Ailleurs", ("z",)),
        Etiquette("Autre", ("b", "c")),
    ]
    svg = carte(preparer_fond(CARRES, {}), LIEUX, "Carte", etiquettes=etiquettes)
    assert ("Premier" in svg, "Second" in svg, "Ailleurs" in svg) == (True, False, False)


@pytest.mark.parametrize(
    ("valeurs", "bornes"),
    [
        ([*range(1, 101)], [21, 41, 61, 81]),
        ([1.01, 2.02, 3.03, 4.04, 5.06], [2, 3, 4]),
        ([3.14159] * 9, []),
        ([], []),
    ],
)
def test_classes_have_round_bounds(valeurs: list[float], bornes: list[float]) -> None:
    assert classer(valeurs) == bornes


def test_a_value_is_in_the_class_that_holds_it_as_it_is_written() -> None:
    """« 7,6 » was shaded « moins de 7,6 », as 7,59 is."""
    assert [classe(un, [7.6]) for un in (7.5, 7.59, 7.6)] == [0, 1, 1]
    assert [classe(un, [0.1]) for un in (0.099, 0.0996, 0.1)] == [0, 1, 1]  # 9,9 %, 10,0 %


def test_keys_name_each_class_and_each_circle() -> None:
    noms = noms_des_classes([0.1, 0.25], taux=True)
    teintes = legende_teintes(noms, "Clé", hachures="secret", vide="rien")
    for nom in (
        "moins de 10\u202f%",
        "de 10\u202f% à moins de 25\u202f%",
        "25\u202f% et plus",
        "secret",
        "rien",
    ):
        assert nom in teintes
    cercles = legende_cercles([12, 1000], preparer_fond(CARRES, {}), "Clé")
    assert re.findall(r">([\d\u202f]+)</text>", cercles) == ["40", "200", "1\u202f000"]


def test_a_class_that_has_all_values_is_called_by_them() -> None:
    """« toutes les valeurs » said nothing of the only commune that was shaded."""
    assert noms_des_classes([], [9.1]) == ["9,1"]
    assert noms_des_classes([], [9.1, 8.9]) == ["de 8,9 à 9,1"]


def test_circles_that_are_alike_have_one_in_the_key() -> None:
    """29 and 30 side by side were no scale; 20 and 80 are."""
    for valeurs, ecrits in (([29], ["29"]), ([38, 40], ["40"]), ([20, 80], ["20", "80"])):
        cercles = legende_cercles(valeurs, preparer_fond(CARRES, {}), "Clé")
        assert re.findall(r">(\d+)</text>", cercles) == ecrits


def test_a_key_shows_no_circle_smaller_than_those_of_its_map() -> None:
    cercles = legende_cercles([15, 79, 0], preparer_fond(CARRES, {}), "Clé")
    assert re.findall(r">(\d+)</text>", cercles) == ["15", "20", "80"]


def test_every_commune_of_today_has_a_contour_but_known_ones() -> None:
    attendues = [
        un.code
        for un in territoires().values()
        if (un.actuelle or un.arrondissement)
        and un.code not in {"13055", "69123", "75056"}
        and not un.code.startswith(("975", "977", "978", "98"))
    ]
    sans = set(attendues) - contours(attendues).keys()
    assert sans == {"12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114"}


def test_neighbours_share_the_points_of_their_border() -> None:
    (aix,), (meyreuil,) = contours(["13001", "13060"]).values()
    assert len(set(aix) & set(meyreuil)) > 3


def test_an_arrondissement_belongs_to_its_commune() -> None:
    connus = territoires()
    assert connus["13208"].mere == connus["13055"].code == connus["13055"].mere
    assert connus["13208"].epci == connus["84089"].epci == "200054807"


def test_columns_stack_or_stand_side_by_side() -> None:
    series = [Serie("Portail", (30.0, None)), Serie("Guichets", (10.0, 20.0))]
    hauts = []
    for empilees in (True, False):
        racine = _lire(colonnes(["janv.", "févr."], series, "Dépôts", empilees=empilees))
        barres = [r for r in racine.iter(f"{SVG}rect") if float(r.get("y", 0)) > 20]
        hauts.append([float(r.get("y", 0)) for r in barres])
    assert len(hauts[0]) == len(hauts[1]) == 3
    assert hauts[0][1] < hauts[1][1]
    assert all(avant >= 0 for avant, _ in pairwise(hauts[0]))

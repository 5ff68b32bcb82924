"""Scales, labels, marks: what every picture is made of."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infocentre.graphiques import Echelle, graduations
from infocentre.graphiques.barres import sur_fond
from infocentre.graphiques.base import PALETTE, balise, bulle, cadre, couper, marque, texte
from infocentre.noyau.francais import nombre, pourcent


@given(st.floats(min_value=1e-6, max_value=1e9), st.integers(min_value=2, max_value=12))
def test_ticks_are_round_from_zero_to_beyond_the_maximum(maximum: float, voulues: int) -> None:
    valeurs = graduations(maximum, voulues)
    assert valeurs[0] == 0
    assert valeurs[-1] >= maximum * 0.999
    assert 1 <= len(valeurs) - 1 <= voulues + 1
    assert valeurs == sorted(set(valeurs))


def test_what_is_counted_has_whole_ticks() -> None:
    for maximum in (0.02, 1, 2, 3, 9, 10, 25, 20_207):
        valeurs = graduations(maximum, entieres=True)
        assert all(une.is_integer() for une in valeurs)
        assert len(set(valeurs)) == len(valeurs)
        assert valeurs[-1] >= maximum


def test_ticks_without_a_value() -> None:
    assert graduations(0) == [0.0, 1.0]


@given(st.floats(min_value=-1, max_value=3), st.booleans())
def test_a_scale_never_leaves_the_drawing(valeur: float, racine: bool) -> None:  # noqa: FBT001
    x = Echelle(0, 2, 10, 110, racine=racine)
    assert 10 <= x(valeur) <= 110


def test_a_square_root_scale_gives_room_to_the_small() -> None:
    assert Echelle(0, 100, 0, 100, racine=True)(25) == pytest.approx(50)
    assert Echelle(5, 5, 0, 100)(5) == 0


@pytest.mark.parametrize(
    ("ratio", "attendu"),
    [(0.05, "5 %"), (0.005, "0,5 %"), (0.1234, "12,34 %"), (0, "0 %"), (1, "100 %")],
)
def test_a_percentage_has_no_useless_decimal(ratio: float, attendu: str) -> None:
    assert pourcent(ratio) == attendu.replace(" ", "\u202f")


def test_numbers_are_written_as_in_french() -> None:
    assert nombre(1234567.25, 1) == "1\u202f234\u202f567,2"
    assert pourcent(0.0333, 1) == "3,3\u202f%"


def test_what_people_write_is_escaped() -> None:
    dessin = cadre(
        10, 10, "A & <B>", [bulle(texte(0, 0, "<i>x</i>"), 'dit "non" & <oui>', "/a?b=1&c=2")]
    )
    racine = ET.fromstring(dessin)  # noqa: S314 - our own text
    assert racine[0].text == "A & <B>"
    lien = racine[1]
    assert lien.attrib["href"] == "/a?b=1&c=2"
    assert lien[0].text == 'dit "non" & <oui>'
    assert lien[1].text == "<i>x</i>"


def test_a_text_that_is_too_long_is_cut() -> None:
    assert couper("Société anonyme d'habitations", 60).endswith("…")
    assert couper("court", 200) == "court"


def test_each_state_has_its_shape() -> None:
    formes = {etat: marque(0, 0, etat) for etat in ("vert", "orange", "rouge", "a_traiter", None)}
    genres = {
        dessin.split(" ")[0] + ('fill="#ffffff"' if "#ffffff" in dessin else "")
        for dessin in formes.values()
    }
    assert len(genres) == len(formes)


def test_the_name_of_an_attribute_takes_its_hyphens() -> None:
    assert balise("a", class_="x", stroke_width=2.04, d=None) == '<a class="x" stroke-width="2"/>'


@pytest.mark.parametrize("couleur", PALETTE)
def test_ink_is_legible_on_its_colour(couleur: str) -> None:
    assert _contraste(couleur, sur_fond(couleur)) >= 4.5


def test_four_series_are_told_apart_in_grey() -> None:
    gris = sorted(_gris(couleur) for couleur in PALETTE[:4])
    assert min(suivant - un for un, suivant in pairwise(gris)) > 30


def _gris(couleur: str) -> float:
    """Level of grey that a printer in black gives, from 0 to 255."""
    rouge, vert, bleu = (int(couleur[rang : rang + 2], 16) for rang in (1, 3, 5))
    return 0.299 * rouge + 0.587 * vert + 0.114 * bleu


def _contraste(une: str, autre: str) -> float:
    clartes = sorted((_clarte(une), _clarte(autre)))
    return (clartes[1] + 0.05) / (clartes[0] + 0.05)


def _clarte(couleur: str) -> float:
    canaux = [int(couleur[rang : rang + 2], 16) / 255 for rang in (1, 3, 5)]
    lineaires = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux]
    return sum(poids * c for poids, c in zip((0.2126, 0.7152, 0.0722), lineaires, strict=True))

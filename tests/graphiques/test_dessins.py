"""Pictures: well-formed, within their frame, saying what they show."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infocentre.graphiques import (
    Barre,
    Bulle,
    Point,
    bande,
    barres,
    barres_empilees,
    courbe,
    entonnoir,
    histogramme,
    petite_courbe,
    seuils_etats,
)
from infocentre.graphiques.base import largeur_texte
from infocentre.graphiques.distribution import classes
from infocentre.graphiques.entonnoir import hors_limites, limite
from infocentre.noyau.temps import mois_court

SVG = "{http://www.w3.org/2000/svg}"
SEUILS = seuils_etats(0.05, 0.15)
TAUX = st.floats(min_value=0, max_value=1)


def lire(dessin: str) -> ET.Element:
    """Parse a picture and check that every coordinate lies within its frame."""
    racine = ET.fromstring(dessin)  # noqa: S314 - our own text
    _, _, largeur, hauteur = (float(un) for un in racine.attrib["viewBox"].split())
    for un in racine.iter():
        for noms, borne in ((("x", "x1", "x2", "cx"), largeur), (("y", "y1", "y2", "cy"), hauteur)):
            for nom in noms:
                assert -12 <= float(un.attrib.get(nom, 0)) <= borne + 12, (un.tag, un.attrib)
        for x, y in (p.split(",") for p in un.attrib.get("points", "").split()):
            assert -12 <= float(x) <= largeur + 12
            assert -12 <= float(y) <= hauteur + 12
    return racine


def textes(racine: ET.Element) -> list[str]:
    return [un.text or "" for un in racine.iter(f"{SVG}text") if "aria-hidden" not in un.attrib]


def titres(racine: ET.Element) -> list[str]:
    return [un.text or "" for un in racine.iter(f"{SVG}title")]


def mois(nombre: int) -> list[str]:
    return [f"{2024 + rang // 12}-{rang % 12 + 1:02d}" for rang in range(nombre)]


@given(st.lists(st.none() | TAUX, max_size=30), st.sampled_from([280.0, 350.0, 1160.0]))
def test_any_series_is_drawn(valeurs: list[float | None], largeur: float) -> None:
    points = [
        Point(m, v, None if v is None else v / 2, None if v is None else (v + 1) / 2, bulle="dit")
        for m, v in zip(mois(len(valeurs)), valeurs, strict=True)
    ]
    lire(courbe(points, "Titre", seuils=SEUILS, nom_autre="le mois", dimensions=(largeur, 250)))
    lire(petite_courbe(points, "Titre", seuils=SEUILS, dimensions=(largeur, 92)))


def test_a_month_without_a_value_cuts_the_line() -> None:
    points = [Point(m, v) for m, v in zip(mois(5), (0.1, 0.2, None, 0.2, 0.1), strict=True)]
    lignes = list(lire(courbe(points, "Titre")).iter(f"{SVG}polyline"))
    assert [len(une.attrib["points"].split()) for une in lignes] == [2, 2]


def test_a_threshold_far_above_does_not_flatten_the_curve() -> None:
    points = [Point(m, 0.001) for m in mois(6)]
    dits = textes(lire(courbe(points, "Titre", seuils=SEUILS)))
    assert any("seuil orange" in un for un in dits)
    assert not any("seuil rouge" in un for un in dits)


def test_a_revised_month_and_a_young_month_have_their_sign() -> None:
    points = [Point("2026-01", 0.1), Point("2026-02", 0.1, revise=True)]
    assert len(list(lire(courbe(points, "T")).iter(f"{SVG}polygon"))) == 2
    jeune = [Point("2026-01", 0.1, jeune=True)]
    assert 'fill="#ffffff"' in courbe(jeune, "T")


def test_months_are_written_in_french() -> None:
    assert mois_court("2026-02") == "févr. 2026"
    assert mois_court("T1 2026") == "T1 2026"


def test_the_limits_of_the_funnel_are_those_of_the_specification() -> None:
    assert limite(0.1, 100, 1.96) == pytest.approx(0.1 + 1.96 * 0.03)
    assert limite(0.1, 100, -3.09) == pytest.approx(0.1 - 3.09 * 0.03)
    assert limite(0.01, 10, -3.09) == 0
    assert limite(0.9, 5, 3.09) == 1


def test_the_funnel_names_those_who_leave_it_at_the_top() -> None:
    dedans = Bulle("Dedans", 100, 0.1, "vert", lien="/guichet/A")
    dehors = Bulle("Dehors", 400, 0.3, "rouge", lien="/guichet/B")
    assert hors_limites(dehors, 0.1)
    assert not hors_limites(dedans, 0.1)
    racine = lire(entonnoir([dedans, dehors], 0.1, "Titre", seuils=SEUILS))
    assert "Dehors" in textes(racine)
    assert "Dedans" not in textes(racine)
    assert [un.attrib["href"] for un in racine.iter(f"{SVG}a")] == ["/guichet/A", "/guichet/B"]
    assert racine.attrib["role"] == "group"


def test_a_guichet_alone_far_above_is_drawn_at_the_top() -> None:
    groupe = [Bulle(f"G{rang}", 100, 0.02, "vert") for rang in range(20)]
    racine = lire(entonnoir([*groupe, Bulle("Loin", 200, 0.9, "rouge")], 0.04, "T", seuils=SEUILS))
    assert "↑" in textes(racine)
    assert "Loin 90,0\u202f%" in textes(racine)
    assert "100\u202f%" not in textes(racine)


@given(st.lists(st.tuples(st.integers(min_value=1, max_value=9000), TAUX), max_size=60), TAUX)
def test_any_funnel_is_drawn(couples: list[tuple[int, float]], ensemble: float) -> None:
    points = [Bulle("Nom " * 25, n, taux, "orange") for n, taux in couples]
    for dimensions in ((1160.0, 440.0), (350.0, 360.0)):
        lire(entonnoir(points, ensemble, "Titre", seuils=SEUILS, dimensions=dimensions))


@given(st.lists(TAUX, max_size=80), st.none() | TAUX)
def test_any_band_is_drawn_and_names_nobody(valeurs: list[float], ici: float | None) -> None:
    racine = lire(bande(valeurs, ici, "Place", ensemble=0.1, seuils=SEUILS))
    assert titres(racine) == ["Place"]
    assert len(list(racine.iter(f"{SVG}polygon"))) == (ici is not None)


@given(st.lists(TAUX, max_size=80))
def test_classes_count_each_value_once(valeurs: list[float]) -> None:
    decoupes = classes(valeurs, 0.3)
    assert sum(une.nombre for une in decoupes) == len(valeurs)
    lire(histogramme(valeurs, "Titre", seuils=SEUILS))


def test_bars_with_a_missing_value_a_target_and_a_link() -> None:
    lignes = [Barre("Sans logement", 0.25, lien="/a"), Barre("Handicap", None)]
    for largeur in (350, 680):
        racine = lire(barres(lignes, "T", taux=True, cible=(0.5, "objectif"), largeur=largeur))
        assert {"25,0\u202f%", "–", "objectif"} <= set(textes(racine))


def test_the_value_of_a_bar_is_never_under_the_line_to_reach() -> None:
    lignes = [Barre(f"A{rang}", rang / 100) for rang in range(0, 60, 3)]
    racine = lire(barres(lignes, "T", taux=True, cible=(0.25, "objectif"), largeur=840))
    ligne_a_atteindre = next(un for un in racine.iter() if un.get("stroke-dasharray"))
    vise = float(ligne_a_atteindre.get("x1", ""))
    ecrits = {
        un.text: float(un.get("x", "")) for un in racine.iter() if un.text and un.text.endswith("%")
    }
    assert len(ecrits) == len(lignes)
    for ecrit, x in ecrits.items():
        assert not x < vise < x + largeur_texte(ecrit), ecrit


def test_tight_bars_take_less_room() -> None:
    lignes = [Barre(f"A{rang}", 0.1) for rang in range(9)]
    hauts = [
        float(lire(barres(lignes, "T", largeur=840, serrees=serrees)).get("viewBox", "").split()[3])
        for serrees in (False, True)
    ]
    assert hauts[1] < 0.85 * hauts[0]


def test_bars_without_a_value() -> None:
    lire(barres([], "T"))
    lire(barres_empilees([], ["a"], "T"))


def test_stacked_bars_say_their_shares() -> None:
    racine = lire(barres_empilees([Barre("T3", None, (30, 0, 10))], ["un", "deux", "trois"], "T"))
    assert "T3, un : 30 (75\u202f%)" in titres(racine)
    assert not any("deux" in un for un in titres(racine))
    assert "40" in textes(racine)

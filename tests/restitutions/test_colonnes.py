"""Columns: numbers stand on one line, words share the rest, the widths add up."""

from __future__ import annotations

import pytest

from infocentre.restitutions import html
from infocentre.restitutions.bureautique.mesure import largeur
from infocentre.restitutions.colonnes import largeurs
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from tests.restitutions.exemples import document

PLACE, TAILLE, MARGE = 480.0, 8.0, 6.0
LONG = "Société anonyme d'habitations à loyer modéré du Cœur des Collines et des Rivages réunis"


def _tableau(*lignes: tuple[str | int, ...]) -> Tableau:
    genres = tuple(
        Colonne(f"Colonne {rang}", "nombre" if isinstance(une, int) else "texte")
        for rang, une in enumerate(lignes[0])
    )
    return Tableau("t", "T", genres, tuple(tuple(map(Cellule, ligne)) for ligne in lignes))


def _largeurs(tableau: Tableau) -> list[float]:
    return largeurs(tableau, lambda une, _: (str(une.valeur),), TAILLE, MARGE, PLACE)


def test_the_columns_fill_the_place_exactly() -> None:
    for tableau in (_tableau(("Arles", 12)), _tableau((LONG * 3, LONG * 2, 1_234_567))):
        assert sum(_largeurs(tableau)) == pytest.approx(PLACE)


def test_a_number_is_never_broken_and_a_long_name_has_what_is_left() -> None:
    nom, *nombres = _largeurs(_tableau((LONG, *[123_456_789] * 5)))
    assert all(un >= largeur("123456789", TAILLE) + MARGE for un in nombres)
    assert nom > max(nombres)


def test_a_name_with_hyphens_leaves_codes_whole_where_it_may_be_cut() -> None:
    """Too many columns for so long words: an Office file cuts after a hyphen, not in a code."""
    tableau = _tableau(("Châteauneuf-les-Martigues", *["Micocouliers"] * 6, "G1351"))
    lignes = lambda une, _: (str(une.valeur),)  # noqa: E731
    entiers, coupes = (
        largeurs(tableau, lignes, TAILLE, MARGE, PLACE, traits=traits)[-1]
        for traits in (False, True)
    )
    besoin = max(largeur(un, TAILLE, gras=True) for un in ("G1351", "Colonne")) + MARGE
    assert entiers < besoin <= coupes + 0.01


@pytest.mark.parametrize("nom", ["X" * 120, "-".join(["Sainte", "Lucie", "du", "Mont"] * 6)])
def test_a_word_that_no_column_holds_is_cut_and_pushes_no_code_out(nom: str) -> None:
    """Others are whole: « Châteauneuf-les-Martigues » is as it was."""
    tableau = _tableau(*[(nom, "Châteauneuf-les-Martigues", "G1351", 12)] * 10)
    codes = float(html._parts(tableau, "bilan")[2]) / 100 * html.PLACE
    assert codes >= largeur("Colonne", 8.0, gras=True)
    ecrit = html.en_html(document(tableau))
    assert nom not in ecrit
    assert nom in ecrit.replace("\u200b", "")
    assert "Châteauneuf-les-Martigues" in ecrit


def test_short_words_stand_on_one_line_beside_long_ones() -> None:
    court, long_, _ = _largeurs(_tableau(("Action Logement", LONG * 4, "saisie directe")))
    assert court >= largeur("Action Logement", TAILLE, gras=True) + MARGE - 0.01
    assert long_ > 2 * court


def test_columns_that_ask_for_more_than_there_is_keep_their_proportions() -> None:
    larges = _largeurs(_tableau(("anticonstitutionnellement " * 2, *["réenregistrement" * 3] * 4)))
    assert sum(larges) == pytest.approx(PLACE)
    assert min(larges) > 0

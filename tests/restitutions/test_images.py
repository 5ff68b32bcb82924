"""Pictures of documents: what is drawn, and what a sentence stands for."""

from __future__ import annotations

import pytest

from infocentre.graphiques.colonnes import Serie
from infocentre.restitutions.document import Cellule, Colonne, Graphique, Paragraphe, Tableau
from infocentre.restitutions.images import Legende, serie

TU = Cellule(None, masquee=True)


@pytest.mark.parametrize(
    ("valeurs", "dessinee"),
    [
        ((None, None, 14), False),  # one column of twelve was printed over an empty year
        ((None, 12, 14), True),
        ((None, None, None), False),
        ((11, 12, 14), True),
    ],
)
def test_columns_are_drawn_of_half_the_periods_at_least(
    *, valeurs: tuple[float | None, ...], dessinee: bool
) -> None:
    """The picture may draw less than its table: of deposits, those of guichets are a difference."""
    lignes = tuple((Cellule(f"m{rang}"), Cellule(20), TU) for rang in range(3))
    colonnes = (Colonne("Mois"), Colonne("Total", "nombre", nom="total"))
    table = Tableau("t", "", (*colonnes, Colonne("Portail", "nombre", nom="portail")), lignes)
    image = serie(
        ["a", "b", "c"],
        [Serie("Guichets", valeurs)],
        ("total", "portail"),
        Legende("i", "Dépôts", ""),
        table,
    )
    assert isinstance(image, Graphique) == dessinee
    if not dessinee:
        assert isinstance(image, Paragraphe)
        assert "image non dessinée, presque tous ses nombres" in image.texte


def test_a_gap_that_is_no_secret_is_drawn() -> None:
    """Months that were not delivered are told elsewhere: what there is, is shown."""
    lignes = tuple((Cellule(f"m{rang}"), Cellule(20 if rang == 2 else None)) for rang in range(3))
    table = Tableau("t", "", (Colonne("Mois"), Colonne("Total", "nombre", nom="total")), lignes)
    image = serie(
        ["a", "b", "c"],
        [Serie("Total", (None, None, 20))],
        ("total",),
        Legende("i", "Dépôts", ""),
        table,
    )
    assert isinstance(image, Graphique)

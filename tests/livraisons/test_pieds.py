"""What ends a file and is no record."""

from __future__ import annotations

import pytest

from infocentre.livraisons.pieds import est_pied


@pytest.mark.parametrize(
    ("cellules", "attendu"),
    [
        (["Total", "", "", "", "20 207"], True),
        (["Nombre de lignes : 100", "", "", ""], True),
        (["", "Sous-total", "", "", "12"], True),
        (["Édité le 03/11/2026"], True),
        (["Ensemble Habitat", "BAILLEUR", "DIRECT", "13001"], False),
        (["0130126000001G1301", "PP", "", ""], False),
        (["", "", ""], False),
    ],
)
def test_a_total_is_told_from_a_record(cellules: list[str], *, attendu: bool) -> None:
    assert est_pied(cellules) is attendu

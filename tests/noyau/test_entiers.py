"""Whole numbers that people type."""

from __future__ import annotations

from typing import cast

import pytest

from infocentre.noyau.entiers import lire_entier


class _Bornes:
    """Bounds that say what was looked for in them: of what is no number, a range reads all."""

    def __init__(self) -> None:
        self.cherches: list[object] = []

    def __contains__(self, un: object) -> bool:
        self.cherches.append(un)
        return un in (7, 999_999_999)


@pytest.mark.parametrize(
    ("texte", "lu", "cherches"),
    [
        ("7", 7, [7]),
        ("007", 7, [7]),
        ("999999999", 999_999_999, [999_999_999]),
        ("8", None, [8]),
        ("1000000000", None, []),
        ("", None, []),
        ("-7", None, []),
        ("7.0", None, []),
        ("²", None, []),
        ("٧", None, []),
    ],
)
def test_what_is_no_number_is_looked_for_nowhere(
    texte: str, lu: int | None, cherches: list[int]
) -> None:
    bornes = _Bornes()
    assert lire_entier(texte, cast("range", bornes)) == lu
    assert bornes.cherches == cherches

"""Which semester a set of published months completes."""

from __future__ import annotations

import pytest

from infocentre.noyau.temps import dernier_semestre


@pytest.mark.parametrize(
    ("mois", "semestre"),
    [
        (["2025-12", "2026-06", "2026-10"], "2026-S1"),
        (["2025-12", "2026-05"], "2025-S2"),
        (["2026-10"], None),
        ([], None),
    ],
)
def test_dernier_semestre_acheve(mois: list[str], semestre: str | None) -> None:
    assert dernier_semestre(mois) == semestre

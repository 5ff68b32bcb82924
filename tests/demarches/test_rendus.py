"""Rows that are refused: the first ones one by one, then how many others, in French."""

from __future__ import annotations

import pytest

from infocentre.demarches import registre_guichets, rendus


@pytest.mark.parametrize(("de_trop", "fin"), [(0, ""), (1, "et 1 autre"), (3, "et 3 autres")])
def test_the_rows_refused_are_told_then_counted(de_trop: int, fin: str) -> None:
    fautes = [f"ligne {rang}" for rang in range(rendus.NOMMEES + de_trop)]
    lignes = f"{fin} ligne{'s' if de_trop > 1 else ''}" if fin else "ligne 9"
    assert rendus.dire_refusees(fautes).split(" ; ")[-1] == lignes
    fautes = [f"ligne {rang}" for rang in range(registre_guichets.DITES + de_trop)]
    dites = registre_guichets._refus("registre.xlsx", fautes).quoi.split("\n  - ")
    assert dites[0].startswith(f"le registre n'a pas été repris, {len(fautes)} choses")
    assert dites[-1] == (fin or "ligne 29")

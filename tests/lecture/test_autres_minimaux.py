"""The aggregate of a type of guichets is told when four others make it, not three."""

from __future__ import annotations

import duckdb
import pytest

from infocentre.acces.perimetre import Perimetre
from infocentre.lecture.droits import preparer


@pytest.mark.parametrize(("autres", "dit"), [(0, False), (2, False), (3, False), (4, True)])
def test_a_type_is_told_to_a_guichet_when_four_others_are_of_it(autres: int, *, dit: bool) -> None:
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE registre (departement VARCHAR, mois VARCHAR, guichet VARCHAR, "
            "organisme VARCHAR, type_guichet VARCHAR)"
        )
        # Of another month and another département there are many more: they hide nobody.
        for departement, mois, nombre in (("013", "2026-10", autres), ("013", "2026-09", 9),
                                          ("069", "2026-10", 9)):  # fmt: skip
            con.executemany(
                "INSERT INTO registre VALUES (?, ?, ?, ?, 'CCAS')",
                [(departement, mois, f"G{rang}", f"O{rang}") for rang in range(nombre + 1)],
            )
        p = Perimetre(departements=frozenset({"013"}), guichets=frozenset({"G0"}))
        assert ("CCAS" in preparer(con, p).listes["types"]) is dit


@pytest.mark.tentative(
    "effectifs", "le seul guichet d'un autre type : le département, moins le sien"
)
@pytest.mark.parametrize(("autres", "dit"), [(0, True), (1, False), (3, False), (4, True)])
def test_a_type_that_leaves_a_few_others_of_the_departement_is_not_told(
    autres: int, *, dit: bool
) -> None:
    """Ten of mine and one of another type: the département less the ten is that one."""
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE registre (departement VARCHAR, mois VARCHAR, guichet VARCHAR, "
            "organisme VARCHAR, type_guichet VARCHAR)"
        )
        for type_, nombre in (("CCAS", 10), ("COMMUNE", autres)):
            for rang in range(nombre):
                con.execute(
                    "INSERT INTO registre VALUES ('013', '2026-10', $g, $g, $t)",
                    {"g": f"{type_}{rang}", "t": type_},
                )
        p = Perimetre(departements=frozenset({"013"}), guichets=frozenset({"CCAS0"}))
        assert ("CCAS" in preparer(con, p).listes["types"]) is dit

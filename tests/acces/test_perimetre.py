"""What a périmètre lets see by itself, before the register says which guichets it has."""

from __future__ import annotations

import pytest

from infocentre.acces.perimetre import TOUT, Perimetre

SEUL = frozenset({"G1"})


@pytest.mark.parametrize(
    ("p", "vus"),
    [
        (TOUT, {"G1", "G2"}),
        (Perimetre(departements=frozenset({"013"})), {"G1", "G2"}),
        # Of whom the guichets are not named yet: none, rather than all.
        (Perimetre(organismes=frozenset({"O1"})), set()),
        (Perimetre(epci=frozenset({"E1"})), set()),
        (Perimetre(organismes=frozenset({"O1"})).restreint(SEUL), {"G1"}),
        (Perimetre(epci=frozenset({"E1"}), guichets=SEUL), {"G1"}),
        (Perimetre(guichets=frozenset()), set()),
    ],
)
def test_a_guichet_is_seen_once_it_is_known_to_be_of_the_reader(
    p: Perimetre, vus: set[str]
) -> None:
    assert {un for un in ("G1", "G2") if p.voit_guichet(un)} == vus

"""What states tell of masked counts, worked out by hand: thresholds are public, places add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.mesures.effectifs import ORGANISME, TOTAL, TYPE, Lieu, partie
from infocentre.mesures.etats_dits import Jugee, seule_anomalie
from infocentre.mesures.etats_dits import etats_tus as tus_de
from infocentre.mesures.probabilites import numerateurs_rouges
from infocentre.noyau.etats import EFFECTIF_MINIMAL

SEUIL = 11
TARDIVES, DOUBLES = (0.05, 0.15), (0.005, 0.02)
BAILLEUR: Lieu = (TYPE, "BAILLEUR")
COMMUNE: Lieu = (TYPE, "COMMUNE")
Places = dict[Lieu, Jugee]


def etats_tus(
    lieux: Places, seuils: tuple[float, float], seuil: int, epci: Mapping[Lieu, str] | None = None
) -> frozenset[Lieu]:
    orange, rouge = seuils
    rouges = {d: int(numerateurs_rouges(rouge, d)[0]) for d in {une.d for une in lieux.values()}}
    juges = {lieu: une._replace(rouge=rouges[une.d]) for lieu, une in lieux.items()}
    return tus_de(juges, orange, seuil, epci or {})


def tue(n: int, d: int, etat: str) -> Jugee:
    return Jugee(n, d, etat, masquee=True, su=True)


@pytest.mark.parametrize(
    ("n", "d", "etat", "tu"),
    [
        (1, 126, "vert", True),  # 1 % is 1.26: « vert » would be one
        (2, 126, "orange", True),  # else nothing told would be one
        (14, 126, "rouge", False),  # as many are no small count
        (1, 200, "vert", False),  # one or two
        (1, 99, "orange", False),  # one or more
        (1, 12, "effectif_insuffisant", False),  # there is nothing to hide
    ],
)
def test_a_state_beside_masked_counts_is_not_one_of_them(
    n: int, d: int, etat: str, *, tu: bool
) -> None:
    lieux = {TOTAL: tue(n, d, etat)}
    assert etats_tus(lieux, (0.01, 0.05), SEUIL) == ({TOTAL} if tu else set())


def test_no_state_that_is_told_is_one_count() -> None:
    """Whatever the thresholds and the units: what is over the first one may be many."""
    for un in {une.seuils for une in lire_catalogue().indicateurs.values() if une.seuils}:
        for d in range(EFFECTIF_MINIMAL, 1200):
            dits: Counter[str] = Counter()
            for n in range(1, d):
                etat = "orange" if n / d > un.orange else "vert"
                dits["tu" if seule_anomalie(d, un.orange) else etat] += 1
                if dits["orange"] > 1 or dits["tu"] > 1:
                    break
            assert 1 not in dits.values(), (un, d)


def test_states_of_a_type_and_of_the_departement_are_not_one_count_together() -> None:
    """5 % of 60 is 3: « vert » is three at most. 5 % of 59 is 2.95: orange is three at least."""
    lieux = {TOTAL: tue(3, 60, "vert"), BAILLEUR: tue(3, 59, "orange")}
    lieux[TYPE, "INCONNU"] = tue(0, 1, "effectif_insuffisant")
    assert etats_tus(lieux, TARDIVES, SEUIL) == {BAILLEUR}
    # 5 % of 80 is 4: three or four.
    assert etats_tus({**lieux, TOTAL: tue(3, 80, "vert")}, TARDIVES, SEUIL) == set()


def des_doubles(siennes: int) -> Places:
    """0,5 % of 806 is 4.03: four at most. Orange, an organisme or the communes have one at least.

    Four doubles: two of an organisme of two guichets, one of another one, one of a commune.
    """
    return {
        TOTAL: tue(siennes + 2, 806, "vert"),
        BAILLEUR: tue(siennes + 1, 219, "effectif_insuffisant"),
        COMMUNE: tue(1, 137, "orange"),
        (ORGANISME, "A"): tue(siennes, 38, "orange"),
        (ORGANISME, "B"): tue(1, 28, "orange"),
        (ORGANISME, "V"): tue(1, 137, "effectif_insuffisant"),
        partie("A", "BAILLEUR"): tue(siennes, 38, "sans_objet"),
        partie("B", "BAILLEUR"): tue(1, 28, "sans_objet"),
        partie("V", "COMMUNE"): tue(1, 137, "sans_objet"),
    }


def test_who_has_two_of_four_is_not_told_that_two_others_have_one_at_least() -> None:
    """Two of its own, one and one are all of four: A would know B's, and that of the communes."""
    tus = {(ORGANISME, "A"), (ORGANISME, "B")}
    assert etats_tus(des_doubles(2), DOUBLES, SEUIL) == tus
    # With one of its own, one of four is of nobody in particular.
    assert etats_tus(des_doubles(1), DOUBLES, SEUIL) == set()


def test_an_epci_knows_what_several_organismes_have_in_it() -> None:
    """A and C have one each: to who reads both, of four, two others have one each.

    To A alone, or to C, the other one may have none, and B two.
    """
    lieux = des_doubles(1)
    lieux |= {
        TOTAL: tue(4, 806, "vert"),
        BAILLEUR: tue(3, 219, "effectif_insuffisant"),
        (ORGANISME, "A"): tue(1, 12, "effectif_insuffisant"),
        (ORGANISME, "C"): tue(1, 12, "effectif_insuffisant"),
        partie("C", "BAILLEUR"): tue(1, 12, "sans_objet"),
    }
    assert etats_tus(lieux, DOUBLES, SEUIL) == set()
    epci = {partie(un, "BAILLEUR"): "200054807" for un in "AC"}
    assert etats_tus(lieux, DOUBLES, SEUIL, epci) == {(ORGANISME, "B")}
    # Where A has a guichet elsewhere, what it has is not the EPCI's to know.
    ailleurs = {partie("C", "BAILLEUR"): "200054807"}
    assert etats_tus(lieux, DOUBLES, SEUIL, ailleurs) == set()


def test_what_others_have_none_of_is_not_hidden_from_who_has_all_of_it() -> None:
    """A has the ten: nobody else is told of."""
    lieux = {
        TOTAL: tue(10, 2000, "vert"),
        (ORGANISME, "A"): tue(10, 100, "rouge"),
        (ORGANISME, "B"): tue(0, 1900, "vert"),
        partie("A", "BAILLEUR"): tue(10, 100, "sans_objet"),
        partie("B", "BAILLEUR"): tue(0, 1900, "sans_objet"),
    }
    assert etats_tus(lieux, DOUBLES, SEUIL) == set()

"""The movement of a rate, split among guichets: by hand, then on random tables."""

from __future__ import annotations

import random

import pytest

from infocentre.mesures.decomposition import Compte, decomposer, ensemble


def test_by_hand() -> None:
    """Two guichets of 100: one goes from 10 to 30 %, the other halves its volume at 20 %.

    0.15 to 40 / 150: weights 1/2, 1/2 then 2/3, 1/3. Rate of A: 0.2 × 7/12. Place of A: 1/6 ×
    (0.2 − (0.15 + 0.2666…)/2); of B: −1/6 × (0.2 − …): its rate is the same, and so is its mean.
    """
    avant = {"A": Compte(10, 100), "B": Compte(20, 100)}
    apres = {"A": Compte(30, 100), "B": Compte(10, 50)}
    moyenne = (0.15 + 40 / 150) / 2
    a, b = decomposer(avant, apres)
    assert (a.guichet, a.avant, a.apres, b.guichet) == ("A", avant["A"], apres["A"], "B")
    attendues = (0.2 * 7 / 12, (0.2 - moyenne) / 6, 0.0, -(0.2 - moyenne) / 6)
    assert (a.taux, a.structure, b.taux, b.structure) == pytest.approx(attendues)


def test_who_opens_or_closes_has_not_changed_its_rate() -> None:
    avant = {"A": Compte(10, 100), "ferme": Compte(50, 100)}
    parts = decomposer(avant, {"A": Compte(10, 100), "ouvre": Compte(0, 10)})
    assert {une.guichet: une.taux for une in parts} == {"A": 0.0, "ferme": 0.0, "ouvre": 0.0}
    assert parts[0].guichet == "ferme"
    assert parts[0].structure < 0


def test_without_a_unit_there_is_no_rate() -> None:
    assert decomposer({}, {"A": Compte(1, 2)}) == []
    assert decomposer({"A": Compte(1, 2)}, {"A": Compte(0, 0)}) == []


def test_the_parts_make_the_movement() -> None:
    hasard = random.Random(13)  # noqa: S311

    def monde() -> dict[str, Compte]:
        noms = [f"G{un}" for un in range(hasard.randint(1, 60)) if hasard.random() < 0.8]
        effectifs = [int(hasard.paretovariate(0.6)) for _ in noms]
        return {
            nom: Compte(hasard.randint(0, d), d) for nom, d in zip(noms, effectifs, strict=True)
        }

    faits = 0
    for _ in range(1000):
        avant, apres = monde(), monde()
        debut, fin = ensemble(avant).taux, ensemble(apres).taux
        if debut is not None and fin is not None:
            parts = decomposer(avant, apres)
            assert abs(sum(une.total for une in parts) - (fin - debut)) < 1e-9
            faits += 1
    assert faits > 950

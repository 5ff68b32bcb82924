"""One memory of results: what is kept holds, is bounded, and is shared by threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from infocentre.noyau.memoire import Memoire


def donner(faits: list[str], resultat: str) -> Callable[[str | None], str]:
    def calcul(avant: str | None) -> str:
        faits.append(f"{avant} → {resultat}")
        return resultat

    return calcul


def test_what_is_kept_is_not_worked_out_again_while_its_version_is_the_same() -> None:
    memoire, faits = Memoire[str](2), list[str]()
    assert memoire.lire("013", donner(faits, "un"), 1) == "un"
    assert memoire.lire("013", donner(faits, "autre"), 1) == "un"
    assert memoire.lire("013", donner(faits, "deux"), 2) == "deux"
    assert faits == ["None → un", "un → deux"]


def test_the_least_lately_read_is_forgotten_first() -> None:
    memoire, faits = Memoire[str](2), list[str]()
    for cle in ("a", "b", "a", "c"):
        memoire.lire(cle, donner(faits, cle))
    del faits[:]
    for cle in ("a", "c", "b"):
        memoire.lire(cle, donner(faits, cle))
    assert faits == ["None → b"]


def test_a_calculation_that_fails_keeps_nothing_and_holds_nobody() -> None:
    memoire, faits = Memoire[str](2), list[str]()
    with pytest.raises(ValueError, match="invalid literal"):
        memoire.lire("a", lambda _: str(int("échec")))
    assert memoire.lire("a", donner(faits, "a")) == "a"
    assert faits == ["None → a"]


def test_a_calculation_may_read_the_same_memory() -> None:
    memoire = Memoire[int](8)

    def somme(n: int) -> int:
        return memoire.lire(n, lambda _: n + somme(n - 1) if n else 0)

    assert somme(5) == 15


def test_threads_share_it_and_it_stays_bounded() -> None:
    """Eight at once, on more keys than are kept: each has its own result, nobody an error."""
    memoire, ensemble = Memoire[int](4), threading.Barrier(8)

    def lire(fil: int) -> bool:
        ensemble.wait()
        cles = [(fil * 7 + n) % 11 for n in range(2_000)]
        return all(memoire.lire(cle, lambda _, cle=cle: cle * 10) == cle * 10 for cle in cles)  # type: ignore[misc]

    with ThreadPoolExecutor(8) as fils:
        assert all(fils.map(lire, range(8)))
    assert len(memoire._gardes) <= 4

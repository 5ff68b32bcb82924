"""The queue of heavy works: what two that arrive together may not do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infocentre.noyau import file
from infocentre.noyau.erreurs import RefusMotive

UN_INSTANT = 0.5  # seconds: ten times what one that may start waits before it does


def test_one_that_starts_while_another_reads_tickets_holds_the_place_of_its_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of an account reads the tickets slowly; the first starts meanwhile, if it can."""
    arrivee, lue, partie, finie = (threading.Event() for _ in range(4))
    lire = file._lire

    def lire_lentement(ticket: Path) -> tuple[str, bool]:
        if arrivee.is_set() and threading.current_thread() is threading.main_thread():
            lue.set()
            partie.wait(UN_INSTANT)
        return lire(ticket)

    def premiere() -> None:
        with file.place(tmp_path, "premiere", 30, "ana", _d_abord(arrivee, lue), partage=True):
            partie.set()
            finie.wait(30)

    monkeypatch.setattr(file, "_lire", lire_lentement)
    with ThreadPoolExecutor() as fils:
        suite = fils.submit(premiere)
        try:
            assert arrivee.wait(30)
            seconde = file.place(tmp_path, "deuxieme", 2 * UN_INSTANT, "ana", partage=True)
            with pytest.raises(RefusMotive, match="occupé : "), seconde:
                pass
        finally:
            finie.set()
        suite.result(30)


def _d_abord(arrivee: threading.Event, lue: threading.Event) -> Callable[[], None]:
    """Return what tells that a work is in the queue, and keeps it there until tickets are read."""

    def permis() -> None:
        arrivee.set()
        assert lue.wait(30)

    return permis

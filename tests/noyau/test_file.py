"""The queue of heavy works: what two that arrive together may not do."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infocentre.noyau import file


@pytest.fixture
def attendent(tmp_path: Path) -> Iterator[list[Path]]:
    """Two tickets of one account that leaves a place to others, each held as it waits."""
    with ExitStack() as pile:
        tickets = [tmp_path / f"{rang:020d}-requete-{rang}{file.ATTENTE}" for rang in (1, 2)]
        for ticket in tickets:
            verrou = pile.enter_context(ticket.open("x"))
            fcntl.flock(verrou, fcntl.LOCK_EX)
            verrou.write(f"ana{file.PARTAGE}")
            verrou.flush()
        yield tickets


def test_one_that_starts_while_tickets_are_listed_holds_its_account_s_place(
    attendent: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    premier, second = attendent
    lister = Path.glob

    def partir_apres(soi: Path, motif: str) -> Iterator[Path]:
        lus = list(lister(soi, motif))
        if premier.exists():
            premier.rename(premier.with_suffix(file.EN_COURS))
        return iter(lus)

    monkeypatch.setattr(Path, "glob", partir_apres)
    assert not file._premier(second.parent, second)

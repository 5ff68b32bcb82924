"""A store in each base, with a clock that tests move and hashes that cost little."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import argon2
import pytest

from infocentre.acces import mots_de_passe
from infocentre.decisions import Magasin


class Horloge:
    """The time that the store is told."""

    def __init__(self) -> None:
        self.ici = dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.ici

    def avancer(self, **duree: float) -> None:
        self.ici += dt.timedelta(**duree)


@pytest.fixture
def horloge() -> Horloge:
    return Horloge()


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return Magasin(f"sqlite:///{tmp_path / 'decisions.sqlite'}")


@pytest.fixture(autouse=True)
def hacheur_leger(monkeypatch: pytest.MonkeyPatch) -> None:
    leger = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(mots_de_passe, "HACHEUR", leger)
    mots_de_passe._factice.cache_clear()

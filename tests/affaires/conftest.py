"""A store of affaires in memory, and a clock that the test moves."""

from __future__ import annotations

import datetime as dt

import pytest

from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import Magasin

__all__ = ["Horloge"]


class Horloge:
    """A clock that stands where it is put."""

    def __init__(self, le: dt.date) -> None:
        self.instant = dt.datetime.combine(le, dt.time(9), dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.instant

    def mettre(self, le: dt.date) -> None:
        self.instant = dt.datetime.combine(le, dt.time(9), dt.UTC)

    def avancer(self, jours: int) -> None:
        self.instant += dt.timedelta(days=jours)


@pytest.fixture
def horloge() -> Horloge:
    return Horloge(dt.date(2026, 11, 2))


@pytest.fixture
def magasin() -> Magasin:
    return Magasin("sqlite://")


@pytest.fixture
def registre(magasin: Magasin, horloge: Horloge) -> Affaires:
    return Affaires(magasin, Acteur("Léa"), horloge)

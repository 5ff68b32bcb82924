"""A store in each base that the infocentre knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.postgresql import serveur


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with serveur() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty base of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'decisions.sqlite'}"
        return
    base = request.getfixturevalue("postgresql")
    moteur = sa.create_engine(base)
    with moteur.begin() as con:
        con.exec_driver_sql("DROP SCHEMA public CASCADE")
        con.exec_driver_sql("CREATE SCHEMA public")
    moteur.dispose()
    yield base

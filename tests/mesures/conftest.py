from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.mesures.tables import ouvrir


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with ouvrir() as connexion:
        yield connexion

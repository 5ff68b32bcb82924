"""What the measures ask of a connection, so that Great Expectations' own serves as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Connexion(Protocol):
    """A DuckDB connection, or a wrapper of one that returns DuckDB's results."""

    def execute(self, query: str, parameters: Sequence[object] | None = None, /) -> Any:
        """Run one or several statements; the result has fetchall and fetchnumpy."""

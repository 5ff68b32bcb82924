"""What the measures ask of a connection, so that Great Expectations' own serves as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Resultat(Protocol):
    """The rows of the last statement."""

    def fetchall(self) -> list[Any]:
        """Return every row as a tuple."""

    def fetchone(self) -> Any:  # noqa: ANN401 - as DuckDB types it
        """Return the next row, None when there is no more."""

    def fetchnumpy(self) -> dict[str, Any]:
        """Return every row as one array per column."""


class Connexion(Protocol):
    """A DuckDB connection, or a wrapper of one that returns DuckDB's results."""

    def execute(self, query: str, parameters: Sequence[object] | None = None, /) -> Resultat:
        """Run one or several statements, `?` standing for the parameters."""

"""What a reader may see: the one place where rights will be added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Perimetre:
    """Départements and guichets that a reader may see; None means all of them.

    `nominatif` says whether numéros uniques may be listed; names never are.
    """

    departements: frozenset[str] | None = None
    guichets: frozenset[str] | None = None
    nominatif: bool = True

    def voit(self, departement: str) -> bool:
        """Tell whether the reader may see a département."""
        return self.departements is None or departement in self.departements

    def voit_guichet(self, guichet: str) -> bool:
        """Tell whether the reader may see a guichet by its name."""
        return self.guichets is None or guichet in self.guichets


TOUT = Perimetre()

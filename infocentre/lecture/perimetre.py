"""What a reader may see: the one place where rights will be added."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Perimetre:
    """Départements, EPCI and guichets that a reader may see; None means all of them.

    The register says which guichets an EPCI has: `lieux.resoudre` names them, and until it has, a
    périmètre with EPCI shows no guichet. `nominatif` says whether numéros uniques may be listed;
    names never are.
    """

    departements: frozenset[str] | None = None
    epci: frozenset[str] | None = None
    guichets: frozenset[str] | None = None
    nominatif: bool = True

    @property
    def partiel(self) -> bool:
        """Tell whether there are guichets that the reader may not see."""
        return self.guichets is not None or self.epci is not None

    def voit(self, departement: str) -> bool:
        """Tell whether the reader may see a département."""
        return self.departements is None or departement in self.departements

    def voit_guichet(self, guichet: str) -> bool:
        """Tell whether the reader may see a guichet by its name."""
        return not self.partiel if self.guichets is None else guichet in self.guichets

    def restreint(self, guichets: frozenset[str]) -> Perimetre:
        """Return the same périmètre for these guichets at most."""
        gardes = guichets if self.guichets is None else self.guichets & guichets
        return replace(self, guichets=gardes)


TOUT = Perimetre()

"""What a reader may see: which départements, guichets, counts and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from infocentre.noyau.erreurs import Refus

TOUS = "tous"  # what a person types for every département


@dataclass(frozen=True, slots=True)
class Perimetre:
    """Départements, EPCI, organismes and guichets that a reader may see; None means all of them.

    The register says which guichets an EPCI or an organisme has: `ouverture.lire_comme` names them,
    and until it has, a périmètre with either shows no guichet. `nominatif` says whether numéros
    uniques may be listed; names never are. `masque` says whether small counts are hidden, None that
    they are from who sees some guichets only. `nommables`: the affaires that the comité may
    know of are seen, whoever they are about.
    """

    departements: frozenset[str] | None = None
    epci: frozenset[str] | None = None
    organismes: frozenset[str] | None = None
    guichets: frozenset[str] | None = None
    nominatif: bool = True
    masque: bool | None = None
    nommables: bool = False

    def en_json(self) -> dict[str, Any]:
        """Return the périmètre as another process is given it."""
        return {
            nom: sorted(un) if isinstance(un, frozenset) else un for nom, un in asdict(self).items()
        }

    @staticmethod
    def depuis_json(lu: Mapping[str, Any]) -> Perimetre:
        """Read what `en_json` wrote."""
        return Perimetre(
            **dict[str, Any](
                (nom, frozenset(un) if isinstance(un, list) else un) for nom, un in lu.items()
            )
        )

    @property
    def partiel(self) -> bool:
        """Tell whether there are guichets that the reader may not see."""
        return any(un is not None for un in (self.guichets, self.epci, self.organismes))

    @property
    def petits_masques(self) -> bool:
        """Tell whether small counts are hidden from the reader."""
        return self.partiel if self.masque is None else self.masque

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


def exiger_tout(p: Perimetre, quoi: str) -> None:
    """Raise Refus to who may not see everything, as `quoi` holds all of it."""
    if p != TOUT:
        raise Refus(
            f"{quoi} n'est pas ouverte à ce compte",
            que_faire="S'adresser au gestionnaire territorial.",
        )

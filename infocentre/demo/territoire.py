"""The real communes and EPCI of a département, from the contract's reference list."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from infocentre.contrat.territoires import Territoire as Commune
from infocentre.contrat.territoires import territoires
from infocentre.demo.temps import Reels
from infocentre.noyau.erreurs import Refus

_ILE_DE_FRANCE = frozenset({"075", "077", "078", "091", "092", "093", "094", "095"})


@dataclass(frozen=True, slots=True)
class Territoire:
    """Communes in which people live, the largest first, with the EPCI of the département.

    `sieges`: the commune where each of them has its offices, by name.
    """

    departement: str
    codes: tuple[str, ...]
    noms: tuple[str, ...]
    poids: Reels
    epci: tuple[str, ...]
    sieges: Mapping[str, str]

    @property
    def prefixe(self) -> str:
        """First three characters of the numéros uniques: one territory for Île-de-France."""
        return "111" if self.departement in _ILE_DE_FRANCE else self.departement

    @property
    def population(self) -> int:
        """Number of inhabitants."""
        return int(self.poids.sum())


@functools.cache
def _communes() -> dict[str, list[Commune]]:
    """Return where people live: arrondissements, not the communes that are cut into them."""
    toutes = territoires().values()
    decoupees = {une.mere for une in toutes if une.arrondissement}
    par_departement: dict[str, list[Commune]] = {}
    for une in toutes:
        if une.arrondissement or (une.actuelle and une.code not in decoupees):
            par_departement.setdefault(une.departement, []).append(une)
    return par_departement


def departements() -> tuple[str, ...]:
    """Return the départements that have a register of demandes: the 101 ones, in order."""
    return tuple(sorted(d for d in _communes() if "001" <= d < "975" or d == "976"))


@functools.cache
def territoire(departement: str) -> Territoire:
    """Return the territory of a département, weighted by population."""
    lignes = sorted(
        _communes().get(departement, ()), key=lambda une: (-(une.population or 0), une.code)
    )
    if not lignes:
        raise Refus(
            f"le département « {departement} » n’existe pas",
            "données de démonstration",
            "Donnez un code sur trois caractères, par exemple 013, 02A ou 974.",
        )
    return Territoire(
        departement=departement,
        codes=tuple(c.code for c in lignes),
        noms=tuple(c.nom for c in lignes),
        poids=np.array([c.population or 0 for c in lignes], dtype=float),
        sieges={
            **{c.epci_nom: c.code for c in reversed(lignes)},
            **{c.nom: c.code for c in lignes},
        },
        epci=tuple(dict.fromkeys(c.epci_nom for c in lignes if c.epci_nom)),
    )

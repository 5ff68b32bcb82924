"""What rests on a column of a delivery: what nobody could calculate if it said nothing."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from infocentre.catalogue import lire_catalogue, nommes
from infocentre.catalogue.exigences import unites
from infocentre.catalogue.unites import UNITES
from infocentre.mesures import nommes_tableau
from infocentre.mesures.tableaux import sources, tableaux
from infocentre.noyau.francais import accorder, clef_de_tri, enumerer


@dataclass(frozen=True, slots=True)
class Dependants:
    """How many indicators and standard tables rest on a column, and which units it tells."""

    indicateurs: int
    tableaux: int
    unites: tuple[str, ...]

    @property
    def nombre(self) -> int:
        """What ranks columns: how many things fall with it."""
        return self.indicateurs + self.tableaux

    @property
    def dits(self) -> str:
        """Return « 20 indicateurs, 17 tableaux et tout le compte des attributions »."""
        combien = [
            accorder(nombre, mot, f"{mot}{pluriel}")
            for nombre, mot, pluriel in (
                (self.indicateurs, "indicateur", "s"),
                (self.tableaux, "tableau", "x"),
            )
            if nombre
        ]
        comptes = enumerer([f"des {mot}" for mot in self.unites])
        return enumerer([*combien, *([f"tout le compte {comptes}"] if comptes else [])])


@functools.lru_cache(512)
def dependants(table: str, colonne: str) -> Dependants:
    """Return what rests on a column of a delivery."""
    catalogue, paire = lire_catalogue(), (table, colonne)
    return Dependants(
        sum(paire in nommes(catalogue, code) for code in catalogue.indicateurs),
        sum(any(paire in nommes_tableau(lu) for lu in sources(un)) for un in tableaux().values()),
        tuple(
            sorted(
                {
                    UNITES[nom]
                    for nom, une in catalogue.populations.items()
                    if nom in UNITES and paire in unites(une)
                },
                key=clef_de_tri,
            )
        ),
    )

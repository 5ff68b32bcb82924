"""What a delivery is judged from: its description and what is compared, and what is measured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from infocentre.catalogue.motifs import est_inutilisable
from infocentre.controles.vraisemblance.publie import Publies
from infocentre.entrepot.description import Description, TableDecrite
from infocentre.livraisons.relecture import Perte, Relecture
from infocentre.noyau.francais import pourcentage
from infocentre.noyau.temps import rang


@dataclass(frozen=True, slots=True)
class Mesure:
    """One figure of one check; `effectif` is what it rests on, `phrase` says it in French.

    `portee` is how much rests on its object: what is said first, whatever the figure.
    """

    controle: str
    objet: str
    valeur: float
    effectif: int
    phrase: str
    portee: int = 0


def comptees(livraison: Description) -> Iterator[tuple[str, TableDecrite]]:
    """Yield the tables of a delivery whose facts were counted: the first archives have none."""
    for nom, table in livraison["tables"].items():
        if "faits" in table:
            yield nom, table


@dataclass(frozen=True, slots=True)
class Examen:
    """A delivery to judge: its description, the one it is compared with, the day of today.

    `rapprochement` and `pertes` are there only when the reference is an earlier arrêté.
    """

    livraison: Description
    reference: Description | None
    aujourdhui: dt.date
    rapprochement: Mapping[str, int] = field(default_factory=dict)
    relectures: Sequence[Relecture] = ()
    pertes: Sequence[Perte] = ()
    publies: Publies = field(default_factory=Publies)

    @property
    def arrete(self) -> dt.date:
        """Day of the arrêté."""
        return dt.date.fromisoformat(self.livraison["arrete"])

    def inutilisable(self, table: str, colonne: str) -> bool:
        """Tell a column that says nothing here or in the reference: that it differs is no news."""
        decrites = [self.livraison, *([self.reference] if self.reference else [])]
        return any(est_inutilisable(une, table, colonne) for une in decrites)

    @property
    def ecart_mois(self) -> int:
        """Whole months between the arrêté and that of the reference, positive or not."""
        if self.reference is None:
            return 0
        return ecart(self.livraison["arrete"], self.reference["arrete"])

    def tables(self) -> Iterator[tuple[str, TableDecrite, TableDecrite]]:
        """Yield each table that both deliveries have, with what is known of it in each."""
        avant = dict(comptees(self.reference)) if self.reference else {}
        for nom, table in comptees(self.livraison):
            if nom in avant:
                yield nom, table, avant[nom]


def ecart(jour: str, autre: str) -> int:
    """Return how many months after the other a day (AAAA-MM-JJ) is."""
    return rang(jour[:7]) - rang(autre[:7])


def pourcent(part: float) -> str:
    """Write a share as French reads it: « 38 % », « 0,4 % »."""
    ronde = 100 * part >= 10 or 100 * part == round(100 * part)  # noqa: PLR2004
    return pourcentage(part, 0 if ronde else 1)

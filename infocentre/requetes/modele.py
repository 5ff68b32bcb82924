"""What a query is allowed, what it gives, how it is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from infocentre.noyau.erreurs import RefusMotive
from infocentre.noyau.file import PATIENCE
from infocentre.noyau.formats import FichierRequete

MEGA = 1 << 20

Motif = Literal[
    "syntaxe",
    "colonne",
    "table",
    "fonction",
    "type",
    "calcul",
    "parametre",
    "instruction",  # not one SELECT or EXPLAIN
    "interdit",  # a file, a setting, an extension
    "temps",
    "memoire",
    "volume",
    "occupe",
    "annulee",
    "cloison",  # this machine has not the walls that a query needs
    "autre",
]


@dataclass(frozen=True, slots=True)
class Limites:
    """What one query may take.

    `secondes` run from its start, `attente` before it in the queue; `octets`, `valeurs` (those
    inside lists and structures count) and `lignes` bound the result, cut after so many rows.
    """

    secondes: float = 30
    lignes: int = 10_000
    octets: int = 32 * MEGA
    valeurs: int = 2_000_000
    attente: float = PATIENCE


ECRAN = Limites()
EXPORT = Limites(secondes=60, lignes=1_000_000, octets=512 * MEGA, valeurs=100_000_000)
EXPORTS: dict[FichierRequete, Limites] = {
    "csv": EXPORT,
    "json": EXPORT,
    "parquet": replace(EXPORT, valeurs=20_000_000),  # held whole before it is written
    "xlsx": replace(EXPORT, lignes=300_000),  # a workbook takes a minute, and no more a person
}


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column of a result; `type` is DuckDB's (VARCHAR, DECIMAL(18,3), DATE…)."""

    nom: str
    type: str


@dataclass(frozen=True, slots=True)
class Resultat:
    """The rows of a query, Python values (dates, Decimal…); `tronque`: there were more.

    `reserves` say what it names that says nothing in some months.
    """

    colonnes: tuple[Colonne, ...]
    lignes: list[tuple[Any, ...]]
    tronque: bool
    secondes: float
    reserves: tuple[str, ...] = ()


class RequeteRefusee(RefusMotive):
    """A query that gave nothing: `motif` says why, `ligne` and `colonne` where (from 1, else 0).

    `longueur` is how many characters are at fault from there, 1 when only the place is known.
    """

    def __init__(
        self,
        motif: Motif,
        quoi: str,
        que_faire: str = "",
        place: tuple[int, int, int] = (0, 0, 0),
    ) -> None:
        """Say the place in `ou`, as a person counts lines and columns."""
        self.ligne, self.colonne, self.longueur = place
        ou = f"ligne {self.ligne}, colonne {self.colonne}" if self.ligne else ""
        super().__init__(motif, quoi, que_faire, ou)

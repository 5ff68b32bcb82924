"""What is known of a file before anybody says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infocentre.contrat import contrat
from infocentre.correspondances.modele import Dialecte
from infocentre.noyau.texte import nom_sur

if TYPE_CHECKING:
    import polars as pl

LIGNES = 1000  # rows of a file that are looked at


@dataclass(frozen=True, slots=True)
class Profil:
    """A file: how it is written, the names of its columns as it writes them, its first rows.

    `exemples` has a column of texts per column of the file, named by its rank as text (`"0"`): at
    most `LIGNES` rows, from all along the file. `avis` is what is odd in it and does not prevent
    reading, in French.
    """

    chemin: Path
    dialecte: Dialecte
    entete: tuple[str, ...]
    exemples: pl.DataFrame
    octets: int
    avis: tuple[str, ...] = ()

    @property
    def nom(self) -> str:
        """The name of the file as people say it, with its sheet."""
        feuille = self.dialecte.feuille
        nom = nom_sur(self.chemin.name)
        return nom if feuille is None else f"{nom}, feuille {nom_sur(feuille)}"


def est_une_cle(nom: str) -> bool:
    """Tell the key of a table of the contract, as CODE_GUICHET: its rows are no file of codes."""
    return nom.strip().upper() in {table.cle for table in contrat().tables.values()}

"""How often headers written by people are recognised, and how sure the recogniser says it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from infocentre.correspondances.modele import Dialecte
from infocentre.reconnaissance.profil import Profil
from infocentre.reconnaissance.proposition import proposer


@dataclass(frozen=True, slots=True)
class Essai:
    """A header, what it means, and what was proposed first, None being to leave it."""

    genre: str
    table: str
    nom: str
    attendu: str | None
    propose: str | None
    etat: str
    confiance: float

    @property
    def juste(self) -> bool:
        """Tell whether the first proposal is what the header means."""
        return self.propose == self.attendu


def essayer(fichier: Path) -> Iterator[Essai]:
    """Propose what each file of headers is, and yield its headers."""
    for rang, lu in enumerate(yaml.safe_load(fichier.read_text("utf-8"))):
        yield from _un(lu, rang)


def _un(lu: dict[str, Any], rang: int) -> Iterator[Essai]:
    entetes = lu["entetes"]
    exemples = pl.DataFrame(
        {str(i): [str(une) for une in un["valeurs"]] for i, un in enumerate(entetes)}
    )
    noms = tuple(str(un["nom"]) for un in entetes)
    profil = Profil(Path(f"f{rang}.csv"), Dialecte(), noms, exemples, 1)
    (propose,) = proposer([profil]).fichiers
    colonnes = {une.nom: une for une in propose.colonnes}
    for un in entetes:
        une = colonnes.get(str(un["nom"]))
        premier = une.candidats[0] if une and une.candidats and une.etat != "laissée" else None
        yield Essai(
            lu["genre"],
            lu["table"] if lu["table"] in propose.tables else f"{lu['table']} ≠ {propose.tables}",
            str(un["nom"]),
            un["vers"],
            (une.vers or (premier.colonne if premier else None)) if une else None,
            une.etat if une else "fichier inconnu",
            premier.confiance if premier else 0.0,
        )

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
from infocentre.reconnaissance.proposition import Choix, proposer

DOSSIER = Path(__file__).parent
JUGES = DOSSIER / "entetes.yml"  # written by another hand, before: nothing is set on them
ENTRAINEMENT = DOSSIER / "entrainement.yml"


@dataclass(frozen=True, slots=True)
class Essai:
    """A header of a file, what it means, and what was proposed first, None being to leave it."""

    fichier: int
    genre: str
    table: str
    table_trouvee: bool
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
    lue = proposer([profil])
    trouvee = lu["table"] in lue.fichiers[0].tables
    (propose,) = lue.avec(Choix(fichiers={lue.fichiers[0].cle: lu["table"]})).fichiers
    colonnes = {une.nom: une for une in propose.colonnes}
    for un in entetes:
        une = colonnes.get(str(un["nom"]))
        premier = une.candidats[0] if une and une.candidats and une.etat != "laissée" else None
        yield Essai(
            rang,
            lu["genre"],
            lu["table"],
            trouvee,
            str(un["nom"]),
            un["vers"],
            (une.vers or (premier.colonne if premier else None)) if une else None,
            une.etat if une else "fichier inconnu",
            premier.confiance if premier else 0.0,
        )

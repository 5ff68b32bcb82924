"""How the documents print a standard table: `imprime` of queries/tableaux/<code>.yml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    TypeAdapter,
    ValidationError,
)

from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import ressources
from infocentre.noyau.fichiers_yaml import lire_yaml

FORMES = "impressions.yml"


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColonneImprimee(_Fige):
    """A column as the documents print it: its heading, the dictionary's by default.

    `genre`: how it is written, told by the column itself by default. `facultative`: left out
    when no row has anything but zero. `retrait`: how deep a part stands under its whole.
    """

    titre: str = ""
    genre: Literal["nombre", "decimal", "taux", "evolution"] | None = None
    facultative: bool = False
    retrait: int = 0


def _lire_colonne(brut: object) -> object:
    return {"titre": brut or ""} if brut is None or isinstance(brut, str) else brut


Colonnes = dict[str, Annotated[ColonneImprimee, BeforeValidator(_lire_colonne)]]


@functools.cache
def formes() -> Mapping[str, Colonnes]:
    """Return the columns that several tables print, by name (read once)."""
    chemin = ressources("queries") / FORMES
    try:
        lues = lire_yaml(chemin, "les colonnes que des tableaux impriment")
        return TypeAdapter(dict[str, Colonnes]).validate_python(lues)
    except ValidationError as erreur:
        raise refus_champs(erreur, chemin.name, " d'un tableau") from None


def _une_forme(nom: str) -> str:
    if nom and nom not in formes():
        raise ValueError(f"« {nom} » n'est pas l'une de {FORMES} : {', '.join(formes())}")
    return nom


class Impression(_Fige):
    """How a table is printed: `lignes` heads the names of its rows.

    `colonnes`, in their order after those of the `forme`: a column of the table, or
    « total.avant », its value of a year before, or « total.evolution », its change since. `aussi`:
    other prints of some of its rows, which say what differs from this one.
    """

    titre: str = ""
    lignes: str = "Modalité"
    forme: Annotated[str, AfterValidator(_une_forme)] = ""
    colonnes: Colonnes = {}
    aussi: dict[str, Impression] = {}

    @property
    def toutes(self) -> Colonnes:
        """The columns of its form, then its own."""
        return {**formes().get(self.forme, {}), **self.colonnes}

    @property
    def nommees(self) -> set[str]:
        """The columns of the table that it prints, those of its other prints too."""
        siennes = {partager(cle)[0] for cle in self.toutes}
        return siennes.union(*(une.nommees for une in self.aussi.values()))

    def sorte(self, nom: str) -> Impression:
        """Return another print by its name, completed by this one; itself for ''."""
        if not nom:
            return self
        autre = self.aussi[nom]
        dits = {un: getattr(autre, un) for un in autre.model_fields_set}
        forme = {"forme": ""} if "colonnes" in dits else {}
        return self.model_copy(update=forme | dits)


def partager(cle: str) -> tuple[str, str]:
    """Return the column and the time of « total.avant »; the time is '' for the month itself."""
    nom, _, temps = cle.rpartition(".")
    return (nom, temps) if temps in {"avant", "evolution"} else (cle, "")

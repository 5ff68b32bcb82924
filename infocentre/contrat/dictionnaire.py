"""The column dictionary: what each table and column is, read from colonnes.yml and codes.yml."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Literal

import yaml

from infocentre.noyau.types_guichet import TypeGuichet

Type = Literal["date", "naissance", "entier", "decimal", "indicatrice", "code", "texte"]
Masque = Literal["omettre", "pseudonyme", "annee", "age"]

TYPES_SQL: dict[Type, str] = {
    "date": "DATE",
    "naissance": "DATE",
    "entier": "BIGINT",
    "decimal": "DOUBLE",
    "indicatrice": "TINYINT",
    "code": "VARCHAR",
    "texte": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Colonne:
    """One column of one table of a delivery."""

    table: str
    nom: str
    type: Type
    libelle: str
    description: str
    obligatoire: bool = False
    codes: str | None = None
    personnelle: bool = False
    masque: Masque | None = None
    neuf_cents_99: bool = False

    @property
    def champ(self) -> str:
        """Name of the column in SQL."""
        return self.nom.lower()

    @property
    def type_sql(self) -> str:
        """DuckDB type of the column in the archive."""
        return TYPES_SQL[self.type]

    @property
    def rejette(self) -> str | None:
        """Reason for which a row is rejected when this column is empty or unreadable, if it is."""
        if not self.obligatoire:
            return None
        if self.nom == "NUMERO_UNIQUE":
            return "numéro unique mal formé"
        if self.nom.startswith("ID_") or self.nom == "CODE_GUICHET":
            return "identifiant vide"
        return "date obligatoire illisible" if self.type == "date" else None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a delivery; `cle` is the column by which lines are repeated or not."""

    nom: str
    libelle: str
    objet: str
    cle: str
    colonnes: tuple[Colonne, ...]
    obligatoire: bool = False
    nominative: bool = False
    par_nom: dict[str, Colonne] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns by their name."""
        object.__setattr__(self, "par_nom", {colonne.nom: colonne for colonne in self.colonnes})


@dataclass(frozen=True, slots=True)
class Contrat:
    """Every table in the order of the contract, and every code list (code → French label)."""

    tables: dict[str, Table]
    codes: dict[str, dict[str, str]]


def _lire(nom: str) -> dict[str, Any]:
    texte = resources.files("infocentre.contrat").joinpath(nom).read_text("utf-8")
    lecteur = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    contenu: dict[str, Any] = yaml.load(texte, Loader=lecteur)  # noqa: S506 - both are safe
    return contenu


def _table(nom: str, brut: dict[str, Any], tables: dict[str, Table]) -> Table:
    description = dict(brut)
    heritees = tables[description.pop("herite")].colonnes if "herite" in description else ()
    propres = description.pop("colonnes")
    colonnes = tuple(
        Colonne(**{**_attributs(colonne), "table": nom}) for colonne in heritees
    ) + tuple(Colonne(table=nom, nom=cle, **valeur) for cle, valeur in propres.items())
    return Table(nom=nom, colonnes=colonnes, **description)


def _attributs(colonne: Colonne) -> dict[str, Any]:
    return {nom: getattr(colonne, nom) for nom in Colonne.__dataclass_fields__}


@functools.cache
def contrat() -> Contrat:
    """Return the contract (cached; the files are part of the package)."""
    tables: dict[str, Table] = {}
    for nom, brut in _lire("colonnes.yml").items():
        tables[nom] = _table(nom, brut, tables)
    types = {un.value: un.singulier for un in TypeGuichet}
    return Contrat(tables=tables, codes=_lire("codes.yml") | {"TYPE_GUICHET": types})

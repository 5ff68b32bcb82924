"""A correspondance: how the files of one source are read as the tables of the contract.

A file is recognised by its columns and, where two tables have the same ones, by what a column
holds: its name is a help to people only. Nothing in a correspondance is a regular expression.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from infocentre.contrat.dictionnaire import EXACT
from infocentre.noyau.texte import nom_sur

DEMANDES = ("stock", "radiation")  # the tables to whose rows those of others are joined
NOM_MAX = 200  # characters of the name of a column
SEPARATEURS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
ENCODAGES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "mac-roman": "Mac Roman",
    "cp850": "DOS (850)",
}
Encodage = Literal["utf-8", "cp1252", "utf-16-le", "utf-16-be", "mac-roman", "cp850"]
Separateur = Literal[";", ",", "\t", "|"]
Nom = Annotated[str, Field(min_length=1, max_length=NOM_MAX)]
Texte = Annotated[str, Field(max_length=500)]
Identifiant = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]


@dataclass(frozen=True, slots=True, config=EXACT)
class Dialecte:
    """How a file writes its rows.

    `entete` is the line of the names, counted from 1, those before being titles; `feuille` the name
    of the sheet of a workbook. A workbook or a Parquet file has neither encoding nor separator.
    """

    encodage: Encodage | None = None
    separateur: Separateur | None = None
    entete: Annotated[int, Field(ge=1, le=200)] = 1
    decimale: Literal[",", "."] = ","
    feuille: str | None = None


@dataclass(frozen=True, slots=True, config=EXACT)
class Lecture:
    """What a column of a file becomes: a column of the contract, and its values, codes.

    `reference` names the file of codes whose key the column holds (`ref_motif_radiation`);
    `valeurs` gives the code of each value, by hand or by its label. A value in neither is read as
    it stands, but a key without its row in the file of codes: it is empty, counted and listed. That
    of « (vide) » is what a row without a value means: no, where only yes is written.
    """

    vers: Nom
    reference: str | None = None
    valeurs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, config=EXACT)
class Partage:
    """The column that tells of which table each row of a file is, and the table of each value."""

    colonne: Nom
    tables: Mapping[str, str]


@dataclass(frozen=True, slots=True, config=EXACT)
class Indice:
    """What tells two tables with the same columns: whether this one is filled, or mostly empty."""

    colonne: Nom
    remplie: bool


@dataclass(frozen=True, slots=True, config=EXACT)
class Fichier:
    """One file: of which table its rows are, and what its columns become.

    A file that has `complete` is no table: its rows, joined by the column `par` to the column of
    that name of the stock and the radiations, the first by `ordre`, give the columns that these
    lack or leave empty. A table that has `par` gets its NUMERO_UNIQUE by the same join, and what
    `premiers` says of its first row of a demande fills the columns of that demande. A file of
    demandes that has `ordre` has several lines of some, a person or a wish each: the first by it is
    read. `laissees` are the columns that nobody reads, with why: a file of which none is read is
    left whole.
    """

    colonnes: Mapping[Nom, Lecture]
    table: str | None = None
    partage: Partage | None = None
    complete: bool = False
    par: str | None = None
    ordre: str | None = None
    premiers: Mapping[Nom, Lecture] = field(default_factory=dict)
    indice: Indice | None = None
    dialecte: Dialecte = field(default_factory=Dialecte)
    laissees: Mapping[Nom, Texte] = field(default_factory=dict)
    exemple: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of which its rows may be."""
        if self.partage:
            return tuple(dict.fromkeys(self.partage.tables.values()))
        return (self.table,) if self.table else ()

    @classmethod
    def renomme(cls, colonnes: Mapping[str, str], exemple: str) -> Fichier:
        """Return a file of which some columns are read under other names."""
        return cls(colonnes={nom: Lecture(vers) for nom, vers in colonnes.items()}, exemple=exemple)

    @property
    def jointes(self) -> Mapping[str, Lecture]:
        """The columns that it gives to the demandes to which its rows are joined."""
        return self.colonnes if self.complete else self.premiers

    @property
    def connues(self) -> frozenset[str]:
        """The names of all its columns, those that are left out too."""
        return frozenset({*self.colonnes, *self.laissees})


@dataclass(frozen=True, slots=True, config=EXACT)
class Correspondance:
    """How the files of one source are read, since when, and who fixed it.

    `departement` None: that of any. `du`, `au`: the months (AAAA-MM) of arrêtés that it reads.
    """

    source: Identifiant
    libelle: Texte
    fichiers: tuple[Fichier, ...]
    version: Annotated[int, Field(ge=1)] = 1
    auteur: Texte = ""
    le: dt.date | None = None
    departement: Annotated[str, Field(pattern=r"^(\d{3}|02[AB])$")] | None = None
    du: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] | None = None
    au: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] | None = None
    format: Literal["correspondance-1"] = "correspondance-1"

    @property
    def nom(self) -> str:
        """The name by which it is kept: its source and its version."""
        return f"{self.source}-{self.version}"

    @property
    def est_du_contrat(self) -> bool:
        """Tell one that reads each column under its own name, as it stands."""
        return all(
            une == Lecture(nom)
            for fichier in self.fichiers
            for nom, une in (*fichier.colonnes.items(), *fichier.premiers.items())
        )


def nom_de_colonne(nom: str) -> str:
    """Return the name of a column of a file as it is compared with others."""
    return nom_sur(nom, NOM_MAX).upper()


def doubles(noms: Iterator[str]) -> list[str]:
    """Return, in order, the names that come more than once."""
    return sorted(nom for nom, fois in Counter(noms).items() if fois > 1)

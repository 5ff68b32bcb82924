"""The column dictionary: what each table and column is, and what its values may be.

Read from colonnes.yml, codes.yml and formes.yml.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Container
from dataclasses import field, fields
from importlib import resources
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from infocentre.noyau import fichiers_yaml
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.types_guichet import LIVRES

T = TypeVar("T")
COLONNES, CODES, FORMES = "colonnes.yml", "codes.yml", "formes.yml"
Type = Literal["date", "naissance", "entier", "decimal", "indicatrice", "code", "texte"]
Masque = Literal["omettre", "pseudonyme", "annee", "age"]
Libre = Literal["texte", "nom"]
Ressemblance = Literal["telephone", "courriel"]
Rang = Literal["fiche", "echantillon", "attendu"]
Mois = Annotated[str, Field(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")]

TYPES_SQL: dict[Type, str] = {
    "date": "DATE",
    "naissance": "DATE",
    "entier": "BIGINT",
    "decimal": "DOUBLE",
    "indicatrice": "TINYINT",
    "code": "VARCHAR",
    "texte": "VARCHAR",
}


NOMBRES: frozenset[Type] = frozenset({"entier", "decimal"})
TEXTUELS: frozenset[Type] = frozenset({"code", "texte"})

EXACT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, config=EXACT)
class Forme:
    """What a text without a list of codes may be; formes.yml says what its fields mean."""

    dit: str
    motif: str
    longueur: int | None = None
    mots: tuple[str, ...] | None = None
    admet: tuple[Ressemblance, ...] = ()
    identifie: bool = False


@dataclass(frozen=True, slots=True, config=EXACT)
class Colonne:
    """One column of one table of a delivery."""

    table: str
    nom: str
    type: Type
    libelle: str
    description: str
    obligatoire: bool = False
    codes: str | None = None
    forme: str | None = None
    libre: Libre | None = None
    bornes: tuple[float, float] | None = None
    personnelle: bool = False
    masque: Masque | None = None
    classe: int | None = None
    neuf_cents_99: bool = False
    nature: Literal["", "commune", "guichet", "euros", "metres_carres"] = ""
    vraisemblance: Literal["", "repartition", "grandeur", "acte"] = ""
    evolue: bool = False
    depuis: Mois = ""
    fiche: int | None = None
    echantillon: int | None = None
    attendu: int | None = None
    fait: str = ""
    par: str = ""
    parcours: bool = False

    @property
    def champ(self) -> str:
        """Name of the column in SQL."""
        return self.nom.lower()

    @property
    def type_sql(self) -> str:
        """DuckDB type of the column in the archive."""
        return TYPES_SQL[self.type]

    @property
    def etendue(self) -> tuple[float, float]:
        """Least and greatest value of a number."""
        return self.bornes or (-math.inf, math.inf)

    @property
    def en_liste(self) -> bool:
        """Tell whether it has few values: a flag, a code of a list, a count of few units."""
        return self.type == "indicatrice" or bool(self.codes) or self._petit_nombre

    @property
    def _petit_nombre(self) -> bool:
        return self.type == "entier" and self.classe is None

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


@dataclass(frozen=True, slots=True, config=EXACT)
class Table:
    """One table of a delivery; `cle` is the column by which lines are repeated or not.

    `depuis`: month of the first delivery that has it; archives of before have no file of it.
    """

    nom: str
    libelle: str
    objet: str
    cle: str
    colonnes: tuple[Colonne, ...]
    obligatoire: bool = False
    nominative: bool = False
    depuis: Mois = ""
    par_nom: dict[str, Colonne] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns by their name."""
        object.__setattr__(self, "par_nom", {colonne.nom: colonne for colonne in self.colonnes})

    @property
    def exigees(self) -> tuple[Colonne, ...]:
        """The columns without which a file is refused.

        Of a register, the code alone: what is due beside it may be said by a person.
        """
        dues = (une for une in self.colonnes if une.obligatoire)
        return tuple(une for une in dues if une.rejette or self.nom != "guichets")

    def rangees(self, rang: Rang) -> tuple[Colonne, ...]:
        """Return the columns that have a place somewhere, in its order."""
        placees = [une for une in self.colonnes if getattr(une, rang) is not None]
        return tuple(sorted(placees, key=lambda une: int(getattr(une, rang))))


@dataclass(frozen=True, slots=True)
class Contrat:
    """Every table in the order of the contract, every code list (code → French label) and form."""

    tables: dict[str, Table]
    codes: dict[str, dict[str, str]]
    formes: dict[str, Forme]


_COLONNE, _TABLE = TypeAdapter(Colonne), TypeAdapter(Table)
_CODES = TypeAdapter(dict[str, dict[str, str]])
_FORMES = TypeAdapter(dict[str, Forme])


def lire_yaml(nom: str) -> dict[str, Any]:
    """Return the content of a file of this package."""
    texte = resources.files("infocentre.contrat").joinpath(nom).read_text("utf-8")
    contenu: dict[str, Any] = fichiers_yaml.lire(texte)
    return contenu


def valider(forme: TypeAdapter[T], brut: object, fichier: str, ou: str = "") -> T:
    """Return what a file of the contract holds; raise Refus that names the fields that are wrong.

    `ou` is where in the file it stands.
    """
    try:
        return forme.validate_python(brut)
    except ValidationError as erreur:
        raise refus_champs(erreur, " : ".join(filter(None, (fichier, ou))), "") from None


def _table(nom: str, brut: dict[str, Any], tables: dict[str, Table]) -> Table:
    decrite = dict(brut)
    mere = decrite.pop("herite", None)
    heritees = {} if mere is None else {une.nom: _attributs(une) for une in tables[mere].colonnes}
    colonnes = heritees | dict(decrite.pop("colonnes", {}))
    return valider(
        _TABLE,
        decrite
        | {
            "nom": nom,
            "colonnes": tuple(
                valider(_COLONNE, {**une, "table": nom, "nom": cle}, COLONNES, f"{nom}.{cle}")
                for cle, une in colonnes.items()
            ),
        },
        COLONNES,
        nom,
    )


def _attributs(colonne: Colonne) -> dict[str, Any]:
    return {un.name: getattr(colonne, un.name) for un in fields(colonne)}


@functools.cache
def contrat() -> Contrat:
    """Return the contract (cached; the files are part of the package).

    Raises:
        Refus: a file is wrong; it names the table, the column and the field.
    """
    codes = valider(_CODES, lire_yaml(CODES), CODES)
    codes |= {"TYPE_GUICHET": {un.value: un.singulier for un in LIVRES}}
    formes = valider(_FORMES, lire_yaml(FORMES), FORMES)
    tables: dict[str, Table] = {}
    for nom, brut in lire_yaml(COLONNES).items():
        tables[nom] = _table(nom, brut, tables)
    for table in tables.values():
        for colonne in table.colonnes:
            _nommer(colonne, "codes", f"une liste de {CODES}", codes)
            _nommer(colonne, "forme", f"une forme de {FORMES}", formes)
            _nommer(colonne, "par", "une colonne de la table", table.par_nom)
            _fermer(colonne)
            _taire(colonne)
    return Contrat(tables=tables, codes=codes, formes=formes)


def _fermer(colonne: Colonne) -> None:
    """Refuse a column by which anything could enter: a text without a form, a number unbounded."""
    formes = [colonne.codes, colonne.forme, colonne.libre]
    voulues = colonne.type in TEXTUELS and colonne.nom != "NUMERO_UNIQUE"
    if len([une for une in formes if une]) != voulues:
        dit = "un texte, et lui seul, a une liste (codes), une forme (forme), ou est libre (libre)"
    elif (colonne.bornes is not None) != (colonne.type in NOMBRES):
        dit = "un nombre, et lui seul, a des bornes (bornes : [la plus petite, la plus grande])"
    else:
        return
    raise Refus(
        dit,
        f"{COLONNES} : {colonne.table}.{colonne.nom}",
        "Dire ce que cette colonne peut contenir : rien d'autre n'entre par elle.",
    )


def _taire(colonne: Colonne) -> None:
    """Refuse that what names a person be masked nowhere, or be shown or kept where it is not."""
    montree = colonne.fiche or colonne.echantillon or colonne.fait or colonne.parcours
    if colonne.personnelle and (montree or not colonne.masque):
        raise Refus(
            "champ « personnelle » : une telle colonne a un masque, et n'a ni fiche, ni "
            "echantillon, ni fait, ni parcours",
            f"{COLONNES} : {colonne.table}.{colonne.nom}",
            "Dire ce que les analystes en ont (masque), et ne la montrer nulle part.",
        )


def _nommer(colonne: Colonne, champ: str, quoi: str, connus: Container[str]) -> None:
    nomme = getattr(colonne, champ)
    if nomme and nomme not in connus:
        raise Refus(
            f"champ « {champ} » : « {nomme} » n'est pas {quoi}",
            f"{COLONNES} : {colonne.table}.{colonne.nom}",
            "Corriger ce nom, ou ajouter ce qu'il désigne.",
        )

"""What people write in: the SQL editor, the tables beside it, forms of native fields.

They are components of assets/requetes.js. A form is said as data: fields in groups; what is in it
is one property, `valeurs`, {name: text}; a box that is ticked is « oui ».
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from dashboards.composants.natifs import _Natif
from infocentre.noyau.francais import apostropher, typographier

Genre = Literal[
    "text", "search", "password", "number", "date", "month", "zone", "liste", "choix", "case"
]


class Editeur(_Natif):
    """The SQL editor over its text area.

    `valeur` is its text, told after a pause; `executions` counts Ctrl+Enter; `place` is what is
    wrong and where, `insertion` a word to write at the cursor; `identifiant` names the query to
    stop when the page is left.
    """

    _type = "Editeur"
    _noms = (
        "valeur",
        "executions",
        "place",
        "insertion",
        "identifiant",
        "nom",
        "script",
        "schema",
    )


class Tables(_Natif):
    """The tables of the analysts' file, searched in the browser; `choisi` is a name clicked."""

    _type = "Tables"
    _noms = ("adresse", "choisi")


class Formulaire(_Natif):
    """A form; `envois` counts its submissions, `charge` names a list that is asked for.

    Its button is `second` where another one is the next thing to do.
    """

    _type = "Formulaire"
    _noms = ("groupes", "valeurs", "bouton", "second", "envois", "charge", "classe", "occupe")


class Code(_Natif):
    """A text to copy as it is, and the button that does."""

    _type = "Code"
    _noms = ("texte",)


class ChampEcrit(TypedDict):
    """A field as the component reads it."""

    id: str
    nom: str
    libelle: str
    genre: Genre
    aide: str
    options: list[list[str]]
    large: bool
    sql: bool
    charger: bool
    precisions: dict[str, Any]


class GroupeEcrit(TypedDict):
    """Fields under a legend, as the component reads them; folded under `repli`, when it has one."""

    legende: str
    champs: list[ChampEcrit]
    repli: str


@dataclass(frozen=True, slots=True)
class Champ:
    """A field: `precisions` are attributes of React's input; `charger`: its list is a query's."""

    nom: str
    libelle: str
    genre: Genre = "text"
    aide: str = ""
    options: Iterable[tuple[str, str]] = ()
    large: bool = False
    sql: bool = False
    charger: bool = False
    precisions: Mapping[str, Any] = field(default_factory=dict)

    def ecrire(self, prefixe: str) -> ChampEcrit:
        """Return what the component reads; `prefixe` makes ids unique on the page."""
        return {
            "id": f"{prefixe}-{self.nom}",
            "nom": self.nom,
            "libelle": apostropher(typographier(self.libelle)),
            "genre": self.genre,
            "aide": apostropher(typographier(self.aide)),
            "options": [[valeur, apostropher(dit)] for valeur, dit in self.options],
            "large": self.large,
            "sql": self.sql,
            "charger": self.charger,
            "precisions": dict(self.precisions),
        }


Groupes = list[GroupeEcrit]


def groupe(
    prefixe: str, champs: Sequence[Champ], legende: str = "", repli: str = ""
) -> GroupeEcrit:
    """Return a group of fields as a form takes it."""
    return {
        "legende": apostropher(legende),
        "champs": [un.ecrire(prefixe) for un in champs],
        "repli": apostropher(repli),
    }


def formulaire(
    nom: str | dict[str, str],
    groupes: Groupes,
    valeurs: Mapping[str, str] | None = None,
    *,
    bouton: str = "",
    second: bool = False,
    classe: str = "formulaire",
) -> Formulaire:
    """Return a form, its submission button when it has one.

    A list shows its first option before anybody chooses: that is what it says.
    """
    return Formulaire(
        id=nom,
        groupes=groupes,
        valeurs={**_premiers(groupes), **(valeurs or {})},
        bouton=apostropher(bouton),
        second=second,
        classe=classe,
    )


def _premiers(groupes: Groupes) -> dict[str, str]:
    lus = {
        un["nom"]: next((valeur for valeur, _ in un["options"]), "")
        for lot in groupes
        for un in lot["champs"]
        if un["genre"] == "liste"
    }
    return {nom: valeur for nom, valeur in lus.items() if valeur}

"""The reference of standard tables and the types of their rows, written from their files.

`python -m infocentre.mesures.documentation` writes docs/tableaux.md and
infocentre/mesures/lignes_tableaux.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from infocentre.catalogue.analyse import tables_nommees
from infocentre.mesures.declarations import ImageDeclaree, Role, nom_genre
from infocentre.mesures.tableaux import Tableau, lire_tableaux

if TYPE_CHECKING:
    from collections.abc import Mapping

FICHIER = Path("docs") / "tableaux.md"
LIGNES = Path("infocentre") / "mesures" / "lignes_tableaux.py"
_TYPES = {"VARCHAR": "str", "BIGINT": "Chiffre", "INTEGER": "Chiffre", "DOUBLE": "Chiffre"}
_LIGNES = '''"""Rows of the standard tables, by role and by form of picture, for mypy.

Written by `python -m infocentre.mesures.documentation` from queries/tableaux/: change those, then
write it again. A form has the columns that all the tables drawn so have.
"""

from __future__ import annotations

from typing import Any, TypedDict

# A count or a ratio; None, or MASQUE in a table that is shared. `connu` makes a number of it.
Chiffre = Any


class Libellee(TypedDict):
    """A row that is called."""

    libelle: str


class Nommee(Libellee):
    """A row that a code names too."""

    code: str


class Datee(TypedDict):
    """A row of a month of a département."""

    departement: str
    mois: str


class Modalite(Nommee, Datee):
    """A category."""
'''
# Columns of the classes above, the fullest first.
_BASES = {
    "Modalite": frozenset({"departement", "mois", "code", "libelle"}),
    "Datee": frozenset({"departement", "mois"}),
}
_INTRODUCTION = """# Tableaux standard

<!-- Written by `python -m infocentre.mesures.documentation` from queries/tableaux/: change those,
     then write it again. -->

Chaque tableau est calculé au contrôle du mois, dans la seule livraison arrêtée à la fin de ce mois,
et conservé : un bilan imprimé en septembre pour juin lit ce que juin était. Les codes TAB01 à TAB03
sont ceux de l'infocentre du ministère, DEM et ATT sont propres à celui-ci.

Dans tous les tableaux, une mutation est la demande d'un ménage déjà locataire du parc social
(MODE_MUTATION à 1, une valeur absente étant « hors mutation ») ; la ligne de code `*` est
l'ensemble, `NR` ce qui n'est pas renseigné, `HL` les codes hors de la liste. Les effectifs sont
entiers : le secret statistique s'applique à la diffusion.

Les réglages (délai anormalement long, EPCI concernés, objectifs, secret statistique) et leurs
valeurs par défaut sont dans `infocentre/mesures/reglages.yml` ; le fichier `reglages.yml` du
dossier de l'infocentre les remplace, réglage par réglage.
"""


def rendre_tableaux(tableaux: Mapping[str, Tableau]) -> str:
    """Return the whole reference as Markdown, in French, one section per theme."""
    blocs = [_INTRODUCTION]
    themes: dict[tuple[str, str], list[Tableau]] = {}
    for un in sorted(tableaux.values(), key=lambda un: (un.declare.rang, un.code)):
        themes.setdefault(un.declare.theme, []).append(un)
    for (chapitre, titre), siens in themes.items():
        blocs += [f"## {chapitre} : {titre}\n", _sommaire(siens)]
        blocs += [_section(un, tableaux) for un in siens]
    return "\n".join(blocs)


def _sommaire(tableaux: list[Tableau]) -> str:
    lignes = [f"| {un.code} | {un.titre} |" for un in tableaux]
    return "\n".join(["| code | titre |", "| --- | --- |", *lignes, ""])


def _section(tableau: Tableau, tableaux: Mapping[str, Tableau]) -> str:
    lignes = [
        f"### {tableau.code}\n",
        f"**{tableau.titre}.**\n",
        f"- **Grain** : {tableau.grain}",
        f"- **On y lit** : {tableau.objet}",
        f"- **Note de lecture** : {tableau.note}",
        f"- **Colonnes** : {_noms(tableau.colonnes)}",
        f"- **Non calculable sans** : {_exigences(tableau, tableaux)}",
    ]
    if tableau.facultatif:
        lignes.append(f"- **Utilise, s'ils sont livrés** : {_noms(tableau.facultatif)}")
    return "\n".join([*lignes, ""])


def _exigences(tableau: Tableau, tableaux: Mapping[str, Tableau]) -> str:
    if tableau.sur == "marts":
        lues = tables_nommees(tableau.sql)
        codes = (un.code for un in tableaux.values() if un.mart in lues)
        return f"les mois publiés du tableau {', '.join(codes)}"
    return _noms(tableau.requiert) or "les tables obligatoires"


def _noms(noms: tuple[str, ...]) -> str:
    return ", ".join(f"`{nom}`" for nom in noms)


def rendre_lignes(tableaux: Mapping[str, Tableau]) -> str:
    """Return the module of the types of rows; a role that no table has is a row of nothing.

    A column stands once: in the form that several tables share, else in the only one that has it.
    """
    formes: dict[str, list[Tableau]] = {
        forme: [un for un in tableaux.values() if un.declare.image.forme == forme]
        for forme in get_args(ImageDeclaree.model_fields["forme"].annotation)
    }
    roles: dict[str, list[Tableau]] = {
        role: [un for un in tableaux.values() if un.declare.role == role] for role in get_args(Role)
    }
    genres = [_genre(_forme(nom), siens) for nom, siens in formes.items() if len(siens) > 1]
    genres += [
        _genre(nom_genre(role), siens, _forme_partagee(siens, formes))
        for role, siens in roles.items()
    ]
    genres += [
        _genre(_forme(nom), siens, _role(siens))
        for nom, siens in formes.items()
        if len(siens) < 2  # noqa: PLR2004
    ]
    return "\n\n".join([_LIGNES, *genres])


def _forme(nom: str) -> str:
    return f"Forme{nom_genre(nom)}"


def _forme_partagee(
    tableaux: list[Tableau], formes: Mapping[str, list[Tableau]]
) -> tuple[str, list[Tableau]] | None:
    """Return the type of the rows that a table shares with others drawn as it is, and these."""
    noms = (un.declare.image.forme for un in tableaux)
    return next(((_forme(un), formes[un]) for un in noms if len(formes[un]) > 1), None)


def _role(tableaux: list[Tableau]) -> tuple[str, list[Tableau]] | None:
    roles = (un.declare.role for un in tableaux)
    return next(((nom_genre(un), tableaux) for un in roles if un), None)


def _genre(
    nom: str, tableaux: list[Tableau], parent: tuple[str, list[Tableau]] | None = None
) -> str:
    """Return the type of the rows of some tables: the columns that all of them have."""
    colonnes = _communes(tableaux)
    if parent:
        de, connues = parent[0], frozenset(_communes(parent[1]))
    else:
        de = next((un for un, noms in _BASES.items() if noms <= colonnes.keys()), "TypedDict")
        connues = _BASES.get(de, frozenset())
    champs = "".join(f"    {un}: {sien}\n" for un, sien in colonnes.items() if un not in connues)
    doc = f'    """{_doc([un.code for un in tableaux])}"""\n'
    return f"class {nom}({de}):\n{doc}" + (f"\n{champs}" if champs else "")


def _communes(tableaux: list[Tableau]) -> dict[str, str]:
    """Return the columns that all of some tables have, with their types in Python."""
    colonnes = [
        {nom: _TYPES[sien] for nom, sien in zip(un.colonnes, un.types, strict=True)}
        for un in tableaux
    ]
    premiere, *autres = colonnes or [{}]
    return {
        nom: sien for nom, sien in premiere.items() if all(un.get(nom) == sien for un in autres)
    }


def _doc(codes: list[str]) -> str:
    if len(codes) > 1:
        return f"What the rows of {len(codes)} tables have, {codes[0]} the first."
    return f"A row of {codes[0]}." if codes else "No table has such rows."


if __name__ == "__main__":
    LUS = lire_tableaux()
    FICHIER.write_text(rendre_tableaux(LUS), "utf-8")
    LIGNES.write_text(rendre_lignes(LUS), "utf-8")

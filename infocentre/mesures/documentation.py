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
'''
_INTRODUCTION = """# Tableaux standards

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
    """Return the module of the types of rows; a role that no table has is a row of nothing."""
    genres = []
    for role in get_args(Role):
        siens = [un for un in tableaux.values() if un.declare.role == role]
        genres.append(_genre(nom_genre(role), siens))
    for forme in get_args(ImageDeclaree.model_fields["forme"].annotation):
        siens = [un for un in tableaux.values() if un.declare.image.forme == forme]
        genres.append(_genre(f"Forme{nom_genre(forme)}", siens))
    return "\n\n".join([_LIGNES, *genres])


def _genre(nom: str, tableaux: list[Tableau]) -> str:
    """Return the type of the rows of some tables: the columns that all of them have."""
    colonnes = [dict(zip(un.colonnes, un.types, strict=True)) for un in tableaux]
    champs = "".join(
        f"    {un}: {_TYPES[type_sql]}\n"
        for un, type_sql in (colonnes[0] if colonnes else {}).items()
        if all(autres.get(un) == type_sql for autres in colonnes)
    )
    doc = f'    """{_doc([un.code for un in tableaux])}"""\n'
    return f"class {nom}(TypedDict):\n{doc}" + (f"\n{champs}" if champs else "")


def _doc(codes: list[str]) -> str:
    if len(codes) > 1:
        return f"What the rows of {len(codes)} tables have, {codes[0]} the first."
    return f"A row of {codes[0]}." if codes else "No table has such rows."


if __name__ == "__main__":
    LUS = lire_tableaux()
    FICHIER.write_text(rendre_tableaux(LUS), "utf-8")
    LIGNES.write_text(rendre_lignes(LUS), "utf-8")

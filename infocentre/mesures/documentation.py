"""The reference of standard tables, written from their files.

`python -m infocentre.mesures.documentation` writes docs/tableaux.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from infocentre.catalogue.analyse import tables_nommees
from infocentre.mesures.tableaux import Tableau, lire_tableaux

if TYPE_CHECKING:
    from collections.abc import Mapping

FICHIER = Path("docs") / "tableaux.md"
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


if __name__ == "__main__":
    FICHIER.write_text(rendre_tableaux(lire_tableaux()), "utf-8")

"""The reference of standard tables, written from their files.

`python -m infocentre.mesures.documentation` writes docs/tableaux.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from infocentre.mesures.tableaux import Tableau, lire_tableaux

if TYPE_CHECKING:
    from collections.abc import Mapping

FICHIER = Path("docs") / "tableaux.md"
FAMILLES = {
    "TAB01": "Évolution du stock",
    "TAB02": "Séries",
    "TAB03": "Demandes en cours hors associations",
    "DEM": "Demandes",
    "ATT": "Attributions",
}
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
    """Return the whole reference as Markdown, in French, one section per code."""
    blocs = [_INTRODUCTION]
    for prefixe, famille in FAMILLES.items():
        siens = [un for un in tableaux.values() if un.code.startswith(prefixe)]
        blocs += [f"## {famille}\n", _sommaire(siens), *(_section(un) for un in siens)]
    return "\n".join(blocs)


def _sommaire(tableaux: list[Tableau]) -> str:
    lignes = [f"| {un.code} | {un.titre} |" for un in tableaux]
    return "\n".join(["| code | titre |", "| --- | --- |", *lignes, ""])


def _section(tableau: Tableau) -> str:
    lignes = [
        f"### {tableau.code}\n",
        f"**{tableau.titre}.**\n",
        f"- **Grain** : {tableau.grain}",
        f"- **On y lit** : {tableau.objet}",
        f"- **Note de lecture** : {tableau.note}",
        f"- **Colonnes** : {_noms(tableau.colonnes)}",
        f"- **Non calculable sans** : {_exigences(tableau)}",
    ]
    if tableau.facultatif:
        lignes.append(f"- **Utilise, s'ils sont livrés** : {_noms(tableau.facultatif)}")
    return "\n".join([*lignes, ""])


def _exigences(tableau: Tableau) -> str:
    if tableau.sur == "marts":
        return "les mois publiés du tableau TAB01-01"
    return _noms(tableau.requiert) or "les tables obligatoires"


def _noms(noms: tuple[str, ...]) -> str:
    return ", ".join(f"`{nom}`" for nom in noms)


if __name__ == "__main__":
    FICHIER.write_text(rendre_tableaux(lire_tableaux()), "utf-8")

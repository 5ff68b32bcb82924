"""The reference of the library, written from the headers of its files.

`python -m infocentre.requetes.documentation` writes docs/bibliotheque.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from infocentre.noyau.config import ressources
from infocentre.requetes.bibliotheque import Parametre, Requete, attendu, lire_bibliotheque

FICHIER = Path("docs") / "bibliotheque.md"
_INTRODUCTION = """# Bibliothèque de requêtes

<!-- Written by `python -m infocentre.requetes.documentation` from queries/bibliotheque/: change
     those, then write it again. -->

Des questions que l'on se pose chaque mois, en SQL, sur le fichier des analystes. Chacune se lance
depuis la page « Bibliothèque » ou en ligne de commande :

    infocentre bibliotheque                                    la liste
    infocentre bibliotheque renouvellements_a_venir --parametre jours=30

Le SQL de chaque requête peut être copié et changé : son fichier est dans `queries/bibliotheque`.
Les effectifs sont entiers : le secret statistique s'applique à la diffusion.
"""


def rendre_bibliotheque(requetes: Mapping[str, Requete]) -> str:
    """Return the whole reference as Markdown, in French, one section per query."""
    lignes = [f"| [`{un.nom}`](#{un.nom}) | {un.titre} |" for un in requetes.values()]
    sommaire = "\n".join(["| requête | titre |", "| --- | --- |", *lignes, ""])
    return "\n".join([_INTRODUCTION, sommaire, *(_section(un) for un in requetes.values())])


def decrire_parametre(nom: str, parametre: Parametre) -> str:
    """Return what a parameter is and accepts, in one line."""
    defaut = f", {parametre.defaut} par défaut" if parametre.defaut else ""
    facultatif = ", facultatif" if parametre.facultatif else ""
    aide = f" ({parametre.aide})" if parametre.aide else ""
    return f"{nom} : {parametre.libelle}{aide}{defaut}{facultatif}. {attendu(parametre)}"


def _section(requete: Requete) -> str:
    lignes = [
        f"## {requete.nom}\n",
        f"**{requete.titre}.** {requete.description}\n",
        *([f"- **Grain** : {requete.grain}"] if requete.grain else []),
        *(
            f"- **Paramètre** `{nom}` : {decrire_parametre(nom, un).partition(' : ')[2]}"
            for nom, un in requete.parametres.items()
        ),
        f"- **Mots-clés** : {', '.join(requete.tags)}",
    ]
    return "\n".join([*lignes, ""])


if __name__ == "__main__":
    livrees = lire_bibliotheque(ressources("queries") / "bibliotheque")
    FICHIER.write_text(rendre_bibliotheque(livrees), "utf-8")

"""A cell as people read it, where a file has no number formats."""

from __future__ import annotations

from infocentre.noyau.francais import entier, typographier
from infocentre.restitutions import html
from infocentre.restitutions.document import Cellule, Colonne, Tableau, morceaux
from infocentre.restitutions.html import MASQUE, NOTE_MASQUE, lettre, pied, titre_complet

__all__ = [
    "AUTEUR",
    "MASQUE",
    "NOTE_MASQUE",
    "ecrire",
    "est_masque",
    "format_nombre",
    "pied",
    "sans_prefixe",
    "simple",
    "source",
    "titre_complet",
]

AUTEUR = "Infocentre du gestionnaire territorial"
PROPRIETE_MAX = 255  # characters of a property of an Office file


def ecrire(cellule: Cellule, colonne: Colonne) -> str:
    """Return the text of a cell as in HTML, the sign of its state before, what it is out of after.

    1 234, 12,5 % (89), +3,2 %, ▲ 6,0 %, ▲ s when masked.
    """
    if cellule.masquee:
        return f"{lettre(cellule.etat)} {MASQUE}".strip()
    texte = typographier(html.ecrire(cellule, colonne))
    if cellule.sur is not None and cellule.valeur is not None:
        texte += f" ({entier(cellule.sur)})"
    return f"{lettre(cellule.etat)} {texte}".strip()


def format_nombre(colonne: Colonne, etat: str | None = None) -> str:
    """Return the number format of a column; a state puts its sign before the number."""
    decimales = "." + "0" * colonne.decimales if colonne.decimales else ""
    debut = f'"{lettre(etat)} "' if lettre(etat) else ""
    demi = 0.5 / 10 ** (colonne.decimales + 2)
    formats = {
        "nombre": "#,##0",
        "decimal": f"#,##0{decimales}",
        "taux": f"0{decimales} %",
        "evolution": f'[>={demi:g}]+0{decimales} %;[<=-{demi:g}]"−"0{decimales} %;"stable"',
        "date": "dd/mm/yyyy",
    }
    return debut + formats.get(colonne.genre, "General")


def est_masque(tableau: Tableau) -> bool:
    """Whether a table has a masked cell, which its notes must explain."""
    return any(cellule.masquee for ligne in tableau.lignes for cellule in ligne)


def simple(texte: str) -> str:
    """Return a text of the document with its typography and without its bold."""
    return typographier("".join(morceau for morceau, _ in morceaux(texte)))


def source(texte: str) -> str:
    """Return a source with the word that announces it; '' for none."""
    return simple(texte if texte.startswith("Source") or not texte else f"Source : {texte}")


def sans_prefixe(texte: str) -> str:
    """Return a source without the word that announces it, for it to follow another."""
    return texte.removeprefix("Source").lstrip(" \xa0:")

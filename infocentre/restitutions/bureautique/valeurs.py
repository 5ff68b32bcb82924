"""A cell as people read it, where a file has no number formats."""

from __future__ import annotations

from infocentre.noyau.francais import composer, entier
from infocentre.restitutions import ecriture
from infocentre.restitutions.document import Cellule, Colonne, Document, morceaux
from infocentre.restitutions.ecriture import MASQUE, lettre, note_masque
from infocentre.restitutions.html import pied, titre_complet

__all__ = [
    "MASQUE",
    "auteur",
    "ecrire",
    "format_nombre",
    "note_masque",
    "pied",
    "sans_prefixe",
    "simple",
    "source",
    "titre_complet",
]

PROPRIETE_MAX = 255  # characters of a property of an Office file


def ecrire(cellule: Cellule, colonne: Colonne) -> str:
    """Return the text of a cell as in HTML, the sign of its state before, what it is out of after.

    1 234, 12,5 % (89), +3,2 %, ▲ 6,0 %, ▲ s when masked, ▲ ≈ 6 % when its counts are.
    """
    if cellule.masquee:
        return f"{lettre(cellule.etat)} {MASQUE}".strip()
    texte = composer(ecriture.ecrire(cellule, colonne))
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


def auteur(document: Document) -> str:
    """Return who signs a file: the author of service.yml, else the service."""
    return (document.service.auteur or document.service.nom)[:PROPRIETE_MAX]


def simple(texte: str) -> str:
    """Return a text of the document with its typography and without its bold."""
    return composer("".join(morceau for morceau, _ in morceaux(texte)))


def source(texte: str) -> str:
    """Return a source with the word that announces it; '' for none."""
    return simple(texte if texte.startswith("Source") or not texte else f"Source : {texte}")


def sans_prefixe(texte: str) -> str:
    """Return a source without the word that announces it, for it to follow another."""
    return texte.removeprefix("Source").lstrip(" \xa0:")

"""A cell as people read it, where a file has no number formats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from infocentre.exports import ETATS
from infocentre.graphiques import nombre
from infocentre.graphiques.base import FINE
from infocentre.restitutions.document import Cellule, Colonne, Document

MASQUE = "s"
NOTE_MASQUE = "s : effectif masqué par le secret statistique, ou chiffre qui le révélerait."
STABLE = "stable"
SIGNES = frozenset("●▲■✖○")
AUTEUR = "Infocentre du gestionnaire territorial"


def ecrire(cellule: Cellule, colonne: Colonne) -> str:
    """Return the text of a cell: 1 234, 12,5 %, +3,2 %, s when masked; a state has its sign."""
    if cellule.masquee:
        return MASQUE
    if cellule.valeur is None:
        return ETATS.get(cellule.etat or "", "")
    texte = _ECRIRE.get(colonne.genre, _texte)(cellule.valeur, colonne.decimales)
    return f"{signe(cellule.etat)} {texte}".strip()


def signe(etat: str | None) -> str:
    """Return the sign of a state, so that it is seen without its colour; none for most."""
    premier = ETATS.get(etat or "", " ")[0]
    return premier if premier in SIGNES else ""


def _texte(valeur: object, _: int) -> str:
    if isinstance(valeur, dt.date):
        return f"{valeur:%d/%m/%Y}"
    return nombre(valeur) if isinstance(valeur, int) else str(valeur)


def _evolution(valeur: float, decimales: int) -> str:
    ecrit = nombre(abs(100 * valeur), decimales)
    if ecrit == nombre(0, decimales):
        return STABLE
    return f"{'+' if valeur > 0 else '−'}{ecrit}{FINE}%"


_ECRIRE: dict[str, Callable[[Any, int], str]] = {
    "nombre": lambda valeur, _: nombre(valeur),
    "decimal": nombre,
    "taux": lambda valeur, decimales: f"{nombre(100 * valeur, decimales)}{FINE}%",
    "evolution": _evolution,
}


def pied(document: Document) -> str:
    """Return what every form prints at the foot: date of the data, number of the version."""
    return f"Données arrêtées au {document.arrete:%d/%m/%Y} · version {document.version}"


def sans_prefixe(source: str) -> str:
    """Return a source without the word that announces it."""
    return source.removeprefix("Source : ").removeprefix("Source\xa0: ")


def format_nombre(colonne: Colonne, etat: str | None = None) -> str:
    """Return the number format of a column; a state puts its sign before the number."""
    decimales = "." + "0" * colonne.decimales if colonne.decimales else ""
    debut = f'"{signe(etat)} "' if signe(etat) else ""
    demi = 0.5 / 10 ** (colonne.decimales + 2)
    formats = {
        "nombre": "#,##0",
        "decimal": f"#,##0{decimales}",
        "taux": f"0{decimales} %",
        "evolution": f'[>={demi:g}]+0{decimales} %;[<=-{demi:g}]"−"0{decimales} %;"stable"',
        "date": "dd/mm/yyyy",
    }
    return debut + formats.get(colonne.genre, "General")


def titre_complet(document: Document) -> str:
    """Return the title of a file: what, where, when."""
    return f"{document.titre} – {document.territoire} – {document.periode}"

"""Rows of texts, from a CSV or a sheet: which one has the names, what is odd in the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.contrat.graphies import VIDES_AILLEURS
from infocentre.correspondances.modele import NOM_MAX
from infocentre.livraisons.csv_reel import refuser_doublons
from infocentre.livraisons.pieds import est_pied
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer
from infocentre.noyau.texte import nom_sur

Ligne = tuple[int, Sequence[str]]  # its physical line, its cells
HAUTEUR_MAX = 200  # lines among which the names are looked for
VOISINES = 50  # rows below the names that are compared with them
PLEINE = 0.8  # share of the cells of the fullest row that the names must have
NOMBRE = re.compile(r"[+-]?\d[\d\s  .,]*(e[+-]?\d+)?\s*(%|€|m²|m2)?", re.IGNORECASE)
DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}([ T]\d.*)?|\d{2}/\d{4}")
CODE_LONG = re.compile(r"(?=.*\d{6})[0-9A-Z]{9,}")


@dataclass(frozen=True, slots=True)
class Tableau:
    """The names, on which physical line they stand, and the rows below."""

    noms: tuple[str, ...]
    ligne: int
    dessous: list[Ligne]


def genre(cellule: str) -> str:
    """Tell what a cell looks like: nothing, a number, a date, a long code, or words."""
    texte = cellule.strip()
    if texte in VIDES_AILLEURS:
        return "vide"
    if DATE.fullmatch(texte):
        return "date"
    if NOMBRE.fullmatch(texte):
        return "nombre"
    return "code" if CODE_LONG.fullmatch(texte) else "mots"


def tableau(lignes: Sequence[Ligne], nom: str) -> Tableau:
    """Find the line of the names among the first; raise Refus when none has them.

    It is the first whose cells are words, as many as in the rows below, and unlike these.
    """
    pleines = [une for une in lignes[: HAUTEUR_MAX + VOISINES] if any(c.strip() for c in une[1])]
    for rang, (ligne, cellules) in enumerate(pleines):
        dessous = [une for _, une in pleines[rang + 1 : rang + 1 + VOISINES]]
        if ligne > HAUTEUR_MAX or (rang and not dessous):
            break
        if _sont_des_noms(cellules, dessous):
            noms = _noms(cellules, nom, ligne)
            return Tableau(noms, ligne, [une for une in lignes if une[0] > ligne])
    raise Refus(
        "aucune ligne de noms de colonnes n'y est reconnue",
        nom,
        "Ajouter au-dessus des données une ligne qui nomme chaque colonne, ou redemander "
        "l'extraction avec ses en-têtes.",
    )


def _sont_des_noms(cellules: Sequence[str], dessous: Sequence[Sequence[str]]) -> bool:
    remplies = [cellule.strip() for cellule in cellules if cellule.strip()]
    plus_pleine = max([_remplies(une) for une in dessous], default=0)
    if len(remplies) < max(2, PLEINE * plus_pleine):
        return False
    if sum(genre(une) == "mots" and len(une) <= NOM_MAX for une in remplies) < PLEINE * len(
        remplies
    ):
        return False
    return _differe(cellules, dessous)


def _remplies(cellules: Sequence[str]) -> int:
    return sum(bool(cellule.strip()) for cellule in cellules)


def _differe(cellules: Sequence[str], dessous: Sequence[Sequence[str]]) -> bool:
    """Tell whether names differ from what is below: in kind, or in that none comes again."""
    revenues = 0
    for rang, cellule in enumerate(cellules):
        if not cellule.strip():
            continue
        colonne = [une[rang].strip() for une in dessous if rang < len(une) and une[rang].strip()]
        genres = Counter(genre(une) for une in colonne)
        if genres and genres.most_common(1)[0][0] in {"nombre", "date", "code"}:
            return True
        revenues += cellule.strip() in colonne and len(set(colonne)) > 1
    return not revenues


def _noms(cellules: Sequence[str], nom: str, ligne: int) -> tuple[str, ...]:
    noms = [nom_sur(cellule, NOM_MAX).strip() for cellule in cellules]
    while noms and not noms[-1]:
        noms.pop()
    refuser_doublons([un.upper() for un in noms], f"{nom}, ligne {ligne}")
    return tuple(noms)


def est_entete(cellules: Sequence[str], noms: Sequence[str]) -> bool:
    """Tell whether a row repeats the names."""
    return len(cellules) >= len(noms) and all(
        nom_sur(cellule, NOM_MAX).strip() == nom
        for cellule, nom in zip(cellules, noms, strict=False)
    )


def pieds(fin: Sequence[Sequence[str]]) -> int:
    """Count the rows of totals and notes that end a file."""
    nombre = 0
    for cellules in reversed(fin):
        if any(cellule.strip() for cellule in cellules):
            if not est_pied(cellules):
                break
            nombre += 1
    return nombre


def avis_de_pieds(nombre: int) -> list[str]:
    """Say that totals or notes end a file."""
    if not nombre:
        return []
    dit = accorder(nombre, "ligne de total ou de note", "lignes de total ou de note")
    return [f"{dit} sous les données : à la lecture, elles seront mises à part."]


def avis_d_entetes(nombre: int, premiere: int | None = None) -> list[str]:
    """Say that the names come again among the rows."""
    if not nombre:
        return []
    ou = f", la première fois à la ligne {premiere}" if premiere else ""
    return [
        (
            f"La ligne des noms est répétée {nombre} fois parmi les données{ou} : ces lignes "
            "seront rejetées à la lecture."
        )
    ]


def avis_de_noms(noms: Sequence[str], dessous: Sequence[Ligne]) -> list[str]:
    """Say which columns hold something and have no name."""
    sans = [
        str(rang + 1)
        for rang, nom in enumerate(noms)
        if not nom and any(rang < len(une) and une[rang].strip() for _, une in dessous)
    ]
    if not sans:
        return []
    return [f"Colonnes sans nom, qui ne seront pas lues : {enumerer(sans)}."]

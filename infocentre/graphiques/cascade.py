"""A cascade: from one level to another, what each step adds, as floating bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.graphiques.base import (
    BLEU,
    GRIS,
    ORANGE,
    VERT,
    Echelle,
    bulle,
    cadre,
    couper,
    largeur_texte,
    ligne,
    rectangle,
    texte,
)

PAS, EPAISSEUR, MARGE = 30, 20, 8
PART_LIBELLE = 0.42
HAUSSE, BAISSE = ORANGE, VERT


@dataclass(frozen=True, slots=True)
class Marche:
    """A step: its name, from where to where, what is written at its end, what it says."""

    nom: str
    de: float
    a: float
    ecrit: str
    dit: str
    niveau: bool

    @property
    def couleur(self) -> str:
        """The colour of a level, of a rise, of a fall."""
        if self.niveau:
            return BLEU
        return HAUSSE if self.a > self.de else BAISSE


def cascade(marches: Sequence[Marche], titre: str, *, taux: bool, largeur: float = 680) -> str:
    """Return the steps: levels start at 0, what is added floats; no rate goes under 0."""
    place = max([largeur_texte(une.ecrit) for une in marches] or [0]) * 1.1 + 2 * MARGE
    noms = max([largeur_texte(une.nom) for une in marches] or [0]) + 2 * MARGE
    gauche = min(noms, PART_LIBELLE * largeur)
    bornes = [v for une in marches for v in (une.de, une.a)] or [0.0]
    echelle = Echelle(
        0.0 if taux else min(0.0, *bornes), max([*bornes, 1e-9]), gauche, largeur - place
    )
    morceaux: list[str] = []
    for rang, une in enumerate(marches):
        y = rang * PAS + 4
        debut, fin = sorted((echelle(une.de), echelle(une.a)))
        contenu = rectangle(debut, y, max(1.0, fin - debut), EPAISSEUR, une.couleur)
        contenu += texte(0, y + 15, couper(une.nom, gauche - MARGE))
        contenu += texte(fin + MARGE, y + 15, une.ecrit, gras=True, halo=True)
        morceaux.append(bulle(contenu, une.dit))
        if rang + 1 < len(marches):
            x = echelle(une.a)
            morceaux.append(ligne((x, y + EPAISSEUR), (x, y + PAS), GRIS, tirets="2 2"))
    return cadre(largeur, len(marches) * PAS + 8, titre, morceaux)

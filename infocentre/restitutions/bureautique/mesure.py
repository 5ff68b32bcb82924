"""How much room a text takes: Office files have no layout engine to ask.

The font is Arial, which every suite has or has the like of, at the same widths: Marianne is where
the State put it, and other machines take another in its place, often a wider one. Widths are those
of Marianne, the wider of the two: a text that fits in it fits in Arial.
"""

from __future__ import annotations

import math

POLICE = "Arial"

# Advance of the letters of Marianne in thousandths of the font size; any other letter takes 600.
_AVANCES = {
    140: "\u202f",
    270: "ijlîï .,;:'’·\xa0",
    310: "-!I()",
    360: "/J",
    400: "fr",
    430: "ts",
    500: "1z?",
    530: "FLvx«»–",
    555: "kyacgàçEÉP",
    580: "eéèêS",
    620: "hnT",
    650: "oôRbdpq",
    690: "ZY…",
    730: "KUX",
    750: "AVCÀ",
    805: "wDG",
    835: "%HNOQ●▲■✖○",
    890: "Mm",
    1050: "WœŒ—",
}
_LARGEURS = {lettre: avance for avance, lettres in _AVANCES.items() for lettre in lettres}
_ORDINAIRE = 600
_GRAS = 1.03
INTERLIGNE = 1.2


def largeur(texte: str, taille: float, *, gras: bool = False) -> float:
    """Return the width of a text on one line, in the unit of `taille` (points)."""
    milliemes = sum(_LARGEURS.get(lettre, _ORDINAIRE) for lettre in texte)
    return milliemes * taille / 1000 * (_GRAS if gras else 1)


def nombre_de_lignes(texte: str, place: float, taille: float, *, gras: bool = False) -> int:
    """Return on how many lines a text stands in a column `place` points wide."""
    return sum(_lignes(un, place, taille, gras=gras) for un in texte.split("\n"))


def _lignes(texte: str, place: float, taille: float, *, gras: bool) -> int:
    espace = largeur(" ", taille, gras=gras)
    lignes, reste = 1, place
    for mot in texte.split(" "):
        long = largeur(mot, taille, gras=gras)
        if long > reste and reste < place:
            lignes, reste = lignes + 1, place
        if long > place:  # a word wider than the column is broken
            coupures = math.ceil(long / place) - 1
            lignes, long = lignes + coupures, long - coupures * place
        reste -= long + espace
    return lignes


def hauteur(texte: str, place: float, taille: float, *, gras: bool = False) -> float:
    """Return the height of a text in a column `place` points wide, in points."""
    return nombre_de_lignes(texte, place, taille, gras=gras) * taille * INTERLIGNE


def plus_long_mot(texte: str, taille: float, *, gras: bool = False, traits: bool = False) -> float:
    """Return the width below which a column would break a word of the text.

    With `traits`, a word goes on in the next line after a hyphen.
    """
    mots = (texte.replace("-", "- ") if traits else texte).split(" ")
    return max(largeur(mot, taille, gras=gras) for mot in mots)


def raccourcir(texte: str, place: float, taille: float, lignes: int, *, gras: bool = False) -> str:
    """Return the text, or its first words and « … » when it needs more than `lignes`."""
    if nombre_de_lignes(texte, place, taille, gras=gras) <= lignes:
        return texte
    mots = texte.split(" ")
    while len(mots) > 1:
        mots.pop()
        court = " ".join(mots).rstrip(" ,;:–—«(") + " …"
        if nombre_de_lignes(court, place, taille, gras=gras) <= lignes:
            return court
    return mots[0]

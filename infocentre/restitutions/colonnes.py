"""How wide the columns of a table are: told beforehand to what lays it out, or known to nothing.

An Office file has no layout engine to ask; a printer of HTML has one, which reads every cell of a
table three times over unless widths are given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from infocentre.restitutions.bureautique.mesure import largeur, plus_long_mot
from infocentre.restitutions.document import Cellule, Colonne, Tableau

LENTEUR = 0.58
Ecrire = Callable[[Cellule, Colonne], Sequence[str]]


def largeurs(
    tableau: Tableau,
    ecrire: Ecrire,
    taille: float,
    marge: float,
    place: float,
    titre: int = 2,
    *,
    traits: bool = False,
) -> list[float]:
    """Share `place` between the columns: numbers first, then words, then headings.

    Args:
        tableau: its cells are read, and its headings, which may stand on several lines.
        ecrire: gives the lines of a cell, each of which stands unbroken unless it is of words.
        taille: size of the letters, in points.
        marge: what a cell leaves blank on both sides together, in points.
        place: width of the whole table, in points; the widths add up to it.
        titre: number of lines on which the heading of a number may stand.
        traits: a word may go on in the next line after a hyphen.
    """
    minimum, mots, titres = [], [], []
    for rang, colonne in enumerate(tableau.colonnes):
        ecrits = [un for ligne in tableau.lignes for un in ecrire(ligne[rang], colonne)]
        mot = max(
            plus_long_mot(un, taille, gras=True, traits=traits) for un in (colonne.titre, *ecrits)
        )
        valeur = max((largeur(un, taille, gras=True) for un in ecrits), default=0)
        intitule = largeur(colonne.titre, taille, gras=True)
        est_texte = rang < tableau.entetes or colonne.genre == "texte"
        besoin = mot if est_texte else max(mot, valeur, intitule / titre)
        minimum.append(besoin + marge)
        mots.append(max(valeur - besoin, 0.0))
        titres.append(max(intitule - max(besoin, valeur), 0.0))
    reste = place - sum(minimum)
    if reste <= 0:
        return [mini * place / sum(minimum) for mini in minimum]
    parts = _partager(mots, reste)
    parts_titres = _partager(titres, reste - sum(parts))
    prises = [sum(trois) for trois in zip(minimum, parts, parts_titres, strict=True)]
    surplus = place - sum(prises)
    return [prise + surplus * prise / sum(prises) for prise in prises]


def _partager(envies: Sequence[float], reste: float) -> list[float]:
    """Give each what it lacks if that is little, else a share that grows more slowly than it.

    A column of long texts thus leaves their one line to those that need a few words more.
    """
    poids = [envie**LENTEUR for envie in envies]
    parts = [0.0] * len(envies)
    attendent = {rang for rang, envie in enumerate(envies) if envie}
    while attendent:
        pas = (reste - sum(parts)) / sum(poids[rang] for rang in attendent)
        combles = {rang for rang in attendent if envies[rang] <= pas * poids[rang]}
        for rang in combles or attendent:
            parts[rang] = min(envies[rang], pas * poids[rang])
        attendent = attendent - combles if combles else set()
    return parts

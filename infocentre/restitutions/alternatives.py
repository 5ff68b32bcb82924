"""What a picture shows, for who does not see it: what is drawn, its ends, its extremes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infocentre.noyau.francais import (
    accord,
    compter,
    de,
    enumerer,
    evolution,
    evolution_points,
    majuscule,
    minuscule,
    phrase,
)
from infocentre.restitutions.document import Cellule, Colonne, Graphique, morceaux
from infocentre.restitutions.ecriture import ecrire

FORMES: dict[str, str] = {
    "barres": "barres horizontales",
    "colonnes": "colonnes",
    "courbe": "courbe",
    "carte": "carte",
    "entonnoir": "nuage de points",
}
DANS_LE_TEMPS = frozenset({"colonnes", "courbe"})
TOUTES = 6  # marks that are told one by one
Point = tuple[str, Cellule]


def alternative(graphique: Graphique) -> str:
    """Return the description of a picture: its own, else one made from what it draws.

    A picture without a table has its sentence, or its title for want of any.
    """
    if graphique.alternative:
        return graphique.alternative
    if graphique.tableau is None or not graphique.series:
        return _sans_gras(graphique.description) or graphique.titre
    return " ".join(map(phrase, _phrases(graphique)))


def _sans_gras(texte: str) -> str:
    return "".join(morceau for morceau, _ in morceaux(texte))


def _phrases(graphique: Graphique) -> Iterator[str]:
    tableau = graphique.tableau
    if tableau is None:
        return
    colonnes = [tableau.colonnes[rang] for rang in graphique.series]
    noms = [nom for nom, _ in _points(graphique, graphique.series[0])]
    quoi = enumerer([minuscule(colonne.titre) for colonne in colonnes])
    yield (
        f"{FORMES[graphique.forme]} : {quoi}, par {minuscule(tableau.colonnes[0].titre)}, "
        f"{compter(len(noms), 'valeur')}{_bornes(graphique, noms)}"
    )
    for rang, colonne in zip(graphique.series, colonnes, strict=True):
        yield from _serie(graphique, colonne, _points(graphique, rang))
    if graphique.objectif is not None:
        yield f"une ligne marque l'objectif, {ecrire(Cellule(graphique.objectif), colonnes[0])}"


def _bornes(graphique: Graphique, noms: Sequence[str]) -> str:
    """Say from when to when, for what is drawn over time."""
    dans_le_temps = graphique.forme in DANS_LE_TEMPS and len(noms) > 1
    return f", {de(noms[0])} à {noms[-1]}" if dans_le_temps else ""


def _points(graphique: Graphique, rang: int) -> list[Point]:
    tableau = graphique.tableau
    if tableau is None:
        return []
    return [(ecrire(ligne[0], tableau.colonnes[0]), ligne[rang]) for ligne in graphique.dessinees]


def _serie(graphique: Graphique, colonne: Colonne, points: Sequence[Point]) -> Iterator[str]:
    """Tell a series: all of a few values, else its extremes; over time, from end to end."""
    connus = [(nom, cellule) for nom, cellule in points if _valeur(cellule) is not None]
    masques = sum(cellule.masquee for _, cellule in points)
    debut = f"{colonne.titre}. " if len(graphique.series) > 1 else ""
    if len(connus) > TOUTES:
        yield debut + majuscule(_extremes(connus, colonne))
    elif connus:
        yield debut + " ; ".join(f"{nom} : {ecrire(un, colonne)}" for nom, un in connus)
    if graphique.forme in DANS_LE_TEMPS and len(connus) > 1:
        yield from _tendance(connus, colonne)
    if masques:
        yield (
            f"{compter(masques, 'valeur')} {accord(masques, 'masquée')} par le secret statistique"
        )


def _valeur(cellule: Cellule) -> float | None:
    valeur = cellule.valeur
    return float(valeur) if isinstance(valeur, int | float) and not cellule.masquee else None


def _extremes(connus: Sequence[Point], colonne: Colonne) -> str:
    tries = sorted(connus, key=lambda un: _valeur(un[1]) or 0.0)
    (bas, la_plus_basse), (haut, la_plus_haute) = tries[0], tries[-1]
    return (
        f"la plus grande valeur est {ecrire(la_plus_haute, colonne)} ({haut}), "
        f"la plus petite {ecrire(la_plus_basse, colonne)} ({bas})"
    )


def _tendance(connus: Sequence[Point], colonne: Colonne) -> Iterator[str]:
    (nom_avant, avant), (nom, ici) = connus[0], connus[-1]
    debut, fin = _valeur(avant) or 0.0, _valeur(ici) or 0.0
    taux = colonne.genre in {"taux", "evolution"}
    sens = evolution_points(fin, debut) if taux else evolution(fin, debut)
    if sens:
        yield (
            f"de {ecrire(avant, colonne)} ({nom_avant}) à {ecrire(ici, colonne)} ({nom}), {sens}"
        )

"""Points in a plane, and several series over the same abscissae, each with its colour and mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from infocentre.graphiques.base import (
    GRIS,
    PALETTE,
    Echelle,
    Zone,
    balise,
    bulle,
    cadre,
    ecrire,
    graduations,
    largeur_texte,
    ligne,
    surface,
    texte,
    trace,
)
from infocentre.graphiques.colonnes import Serie, ecrire_periodes, legende

RAYON = 3.5
HAUT, BAS, AXE = 34, 28, 20
Place = tuple[float, float, str, str]


def lignes(
    abscisses: Sequence[str],
    series: Sequence[Serie],
    titre: str,
    *,
    taux: bool = False,
    dimensions: tuple[float, float] = (680, 300),
) -> str:
    """Return each series as a line, told apart by its colour and the shape of its marks."""
    largeur, hauteur = dimensions
    valeurs = [v for une in series for v in une.valeurs if v is not None]
    gradues = graduations(max(valeurs, default=0.0), minimum=min(valeurs, default=0.0))
    zone = Zone(_place(gradues, taux=taux), HAUT, largeur - 10, hauteur - BAS)
    x = Echelle(0, max(1, len(abscisses) - 1), zone.gauche + 10, zone.droite - 10)
    y = Echelle(gradues[0], gradues[-1], zone.bas, zone.haut)
    morceaux = legende(series) + zone.axe_y(y, gradues, taux=taux)
    for rang, (serie, couleur) in enumerate(zip(series, PALETTE, strict=False)):
        connus = [
            (no, x(no), y(v), v)
            for no, v in enumerate(serie.valeurs[: len(abscisses)])
            if v is not None
        ]
        morceaux += [
            trace([(a[1], a[2]), (b[1], b[2])], couleur)
            for a, b in pairwise(connus)
            if b[0] == a[0] + 1
        ]
        morceaux += [
            bulle(
                _signe(rang)(px, py, couleur),
                f"{abscisses[no]}, {serie.nom} : {ecrire(v, taux=taux)}",
            )
            for no, px, py, v in connus
        ]
    pas = (zone.droite - zone.gauche - 20) / max(1, len(abscisses) - 1)
    morceaux += ecrire_periodes(abscisses, zone, pas, zone.gauche + 10)
    return cadre(largeur, hauteur, titre, morceaux)


def nuage(
    points: Sequence[Place],
    titre: str,
    *,
    noms: tuple[str, str],
    taux: tuple[bool, bool] = (False, False),
    dimensions: tuple[float, float] = (680, 380),
) -> str:
    """Return points (x, y, series, what it says), with what the axes are called."""
    largeur, hauteur = dimensions
    xs, ys = [un[0] for un in points], [un[1] for un in points]
    gradues_x = graduations(max(xs, default=1.0), 6, minimum=min(xs, default=0.0))
    gradues_y = graduations(max(ys, default=1.0), 5, minimum=min(ys, default=0.0))
    series = list(dict.fromkeys(un[2] for un in points))
    zone = Zone(_place(gradues_y, taux=taux[1]), HAUT + AXE, largeur - 14, hauteur - BAS - AXE)
    x = Echelle(gradues_x[0], gradues_x[-1], zone.gauche, zone.droite)
    y = Echelle(gradues_y[0], gradues_y[-1], zone.bas, zone.haut)
    morceaux = legende([Serie(nom, ()) for nom in series]) if len(series) > 1 else []
    morceaux += zone.axe_y(y, gradues_y, taux=taux[1])
    morceaux += zone.axe_x(x, gradues_x, taux=taux[0])
    morceaux += [
        texte(0, HAUT + 4, noms[1], couleur=GRIS, taille=12),
        texte(zone.droite, hauteur - 6, noms[0], ancre="end", couleur=GRIS, taille=12),
    ]
    for px, py, serie, dit in points:
        rang = series.index(serie)
        couleur = PALETTE[rang % len(PALETTE)]
        morceaux.append(bulle(_signe(rang)(x(px), y(py), couleur), dit))
    return cadre(largeur, hauteur, titre, morceaux)


def _place(gradues: Sequence[float], *, taux: bool) -> float:
    return max(largeur_texte(ecrire(v, taux=taux), 12) for v in gradues) + 12


def _disque(x: float, y: float, couleur: str) -> str:
    return balise("circle", cx=x, cy=y, r=RAYON, fill=couleur)


def _carre(x: float, y: float, couleur: str) -> str:
    return surface([(x - 3, y - 3), (x + 3, y - 3), (x + 3, y + 3), (x - 3, y + 3)], couleur)


def _losange(x: float, y: float, couleur: str) -> str:
    return surface([(x, y - 4.5), (x + 4.5, y), (x, y + 4.5), (x - 4.5, y)], couleur)


def _croix(x: float, y: float, couleur: str) -> str:
    return ligne((x - 3, y - 3), (x + 3, y + 3), couleur, epaisseur=2) + ligne(
        (x - 3, y + 3), (x + 3, y - 3), couleur, epaisseur=2
    )


_SIGNES: tuple[Callable[[float, float, str], str], ...] = (_disque, _carre, _losange, _croix)


def _signe(rang: int) -> Callable[[float, float, str], str]:
    return _SIGNES[rang % len(_SIGNES)]

"""How values spread: a strip of dots where one is placed among its pairs, a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.graphiques.base import (
    BLEU,
    BLEU_CLAIR,
    ENCRE,
    GRIS,
    Echelle,
    Zone,
    balise,
    bulle,
    cadre,
    graduations,
    ligne,
    losange,
    rectangle,
    texte,
)
from infocentre.graphiques.courbe import Seuil
from infocentre.noyau.francais import nombre, pourcent

RAYON = 3.2
GRIS_MOYEN = "#a8a8a8"


@dataclass(frozen=True, slots=True)
class Classe:
    """A bar of a histogram: from (included), to (excluded), how many."""

    de: float
    a: float
    nombre: int


def bande(
    valeurs: Sequence[float],
    ici: float | None,
    titre: str,
    *,
    ensemble: float | None = None,
    seuils: Sequence[Seuil] = (),
    dimensions: tuple[float, float] = (280, 44),
) -> str:
    """Return one nameless dot per pair, on the axis of rates, and a lozenge for this one."""
    largeur, hauteur = dimensions
    maximum = _etendue(valeurs, [un for un in (ici, ensemble) if un is not None])
    suite = " et plus" if max([*valeurs, 0.0]) > maximum else ""
    x = Echelle(0, maximum, 6, largeur - 8)
    milieu, bas = (hauteur - 16) / 2 + 1, hauteur - 16
    morceaux = [ligne((0, bas), (largeur, bas), GRIS)]
    morceaux += [
        ligne((x(un.valeur), 2), (x(un.valeur), bas), un.couleur, tirets=un.tirets)
        for un in seuils
        if un.valeur <= maximum
    ]
    if ensemble is not None:
        morceaux.append(ligne((x(ensemble), 0), (x(ensemble), bas), ENCRE, epaisseur=1.5))
    morceaux.append(_points(_etages([x(v) for v in valeurs], milieu - 4), milieu))
    if ici is not None:
        morceaux.append(losange(x(ici), milieu, 7))
    morceaux += [
        texte(0, hauteur - 3, pourcent(0), couleur=GRIS, taille=11),
        texte(
            largeur,
            hauteur - 3,
            pourcent(maximum / 1.05, 1) + suite,
            ancre="end",
            couleur=GRIS,
            taille=11,
        ),
    ]
    return cadre(largeur, hauteur, titre, morceaux)


def _points(places: Sequence[tuple[float, float]], milieu: float) -> str:
    """Draw all the dots as one line of lengthless strokes with round ends: ten times lighter."""
    chemin = "".join(f"M{px:.1f} {milieu + ecart:.1f}h.01" for px, ecart in places)
    if not chemin:
        return ""
    return balise(
        "path", d=chemin, stroke=GRIS_MOYEN, stroke_width=2 * RAYON, stroke_linecap="round"
    )


def _etendue(valeurs: Sequence[float], montrees: Sequence[float]) -> float:
    """Return where the axis ends: beyond nine pairs out of ten, so that one does not crush them."""
    rangees = sorted(valeurs)
    neuf_dixiemes = rangees[int(0.9 * (len(rangees) - 1))] if rangees else 0.0
    return min(max([*valeurs, *montrees, 0.01]), max([2 * neuf_dixiemes, *montrees, 0.01])) * 1.05


def _etages(positions: Sequence[float], place: float) -> list[tuple[float, float]]:
    """Put dots that would hide each other one above the other, as far as there is room."""
    prochain: dict[int, int] = {}
    etages: list[tuple[float, float]] = []
    for px in sorted(positions):
        case = round(px / (2 * RAYON))
        rang = prochain.get(case, 0)
        prochain[case] = rang + 1
        ecart = (rang + 1) // 2 * 2 * RAYON * (1 if rang % 2 else -1)
        etages.append((px, max(-place, min(place, ecart))))
    return etages


def classes(valeurs: Sequence[float], fin: float, voulues: int = 12) -> list[Classe]:
    """Cut values into classes of round width up to `fin`; the last one takes all that is beyond."""
    if not valeurs:
        return []
    bornes = graduations(max(min(fin, max(valeurs)), 0.001), voulues)
    pas, derniere = bornes[1], len(bornes) - 2
    rangs = [min(int(v / pas + 1e-9), derniere) for v in valeurs]
    return [Classe(bornes[r], bornes[r + 1], rangs.count(r)) for r in range(derniere + 1)]


def _barre(une: Classe, x: Echelle, y: Echelle, unite: str, plus: float | None) -> str:
    """Draw a class; `plus` is the highest value of the last one, when it goes beyond its end."""
    haut, bas, de, a = y(une.nombre), y.debut, x(une.de), x(une.a)
    barre = rectangle(de + 1, haut, a - de - 2, bas - haut, BLEU)
    if une.nombre:
        ecrit = nombre(une.nombre)
        barre += texte((de + a) / 2, haut - 4, ecrit, ancre="middle", taille=12, halo=True)
    borne = f"{pourcent(une.de)} à {pourcent(une.a)}"
    if plus is not None:
        borne = f"{pourcent(une.de)} et plus"
        dit = f"jusqu'à {pourcent(plus, 1)}"
        barre += texte(a, 10, dit, ancre="end", couleur=GRIS, taille=12)
    fond = rectangle(de + 1, bas - 1, a - de - 2, 1, BLEU_CLAIR)
    return bulle(fond + barre, f"{borne} : {une.nombre} {unite}")


def histogramme(
    valeurs: Sequence[float],
    titre: str,
    *,
    unite: str = "guichets",
    seuils: Sequence[Seuil] = (),
    dimensions: tuple[float, float] = (680, 240),
) -> str:
    """Return how many guichets stand in each class of rate."""
    largeur, hauteur = dimensions
    fin = max([_etendue(valeurs, []), *(1.3 * un.valeur for un in seuils)])
    decoupes = classes(valeurs, fin)
    plus_haute = max(valeurs, default=0.0)
    valeurs_y = graduations(max((une.nombre for une in decoupes), default=1), 4)
    valeurs_y = [v for v in valeurs_y if v == int(v)]
    zone = Zone(40, 34, largeur - 10, hauteur - 24)
    x = Echelle(0, decoupes[-1].a if decoupes else 1.0, zone.gauche, zone.droite)
    y = Echelle(0, valeurs_y[-1], zone.bas, zone.haut)
    morceaux = zone.axe_y(y, valeurs_y, taux=False)
    morceaux.append(texte(0, 10, unite, couleur=GRIS, taille=12))
    morceaux += [
        ligne(
            (x(un.valeur), zone.haut),
            (x(un.valeur), zone.bas),
            un.couleur,
            tirets=un.tirets,
            epaisseur=1.5,
        )
        for un in seuils
        if un.valeur <= x.a
    ]
    for une in decoupes:
        plus = plus_haute if une is decoupes[-1] and plus_haute > une.a else None
        morceaux.append(_barre(une, x, y, unite, plus))
    bornes = [une.de for une in decoupes] + [une.a for une in decoupes[-1:]]
    morceaux += zone.axe_x(x, bornes, taux=True)
    return cadre(largeur, hauteur, titre, morceaux)

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
    ecrire,
    graduations,
    ligne,
    losange,
    rectangle,
    texte,
)
from infocentre.graphiques.courbe import Seuil
from infocentre.noyau.francais import accorder, nombre, pourcent

RAYON = 3.2
GRIS_MOYEN = "#a8a8a8"


@dataclass(frozen=True, slots=True)
class Classe:
    """A bar of a histogram: from (included), to (excluded, None when it is open), how many."""

    de: float
    a: float | None
    nombre: int

    def nom(self, *, taux: bool = True) -> str:
        """Return « 5 % à 10 % », « 20 % et plus » for an open one."""
        de = ecrire(self.de, taux=taux)
        return f"{de} et plus" if self.a is None else f"{de} à {ecrire(self.a, taux=taux)}"

    def dire(self, unites: str, *, taux: bool = True) -> str:
        """Return « 5 % à 10 % : 3 guichets »; `unites` are named in the plural."""
        return f"{self.nom(taux=taux)} : {accorder(self.nombre, unites.removesuffix('s'), unites)}"


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
    """Cut values into classes of round width up to `fin`; an open one takes what is beyond."""
    if not valeurs:
        return []
    bornes = graduations(
        max(min(fin, max(valeurs)), 0.001), voulues, minimum=min(0.0, *valeurs, 0.0)
    )
    bas, pas, derniere = bornes[0], bornes[1] - bornes[0], len(bornes) - 2
    rangs = [int((v - bas) / pas + 1e-9) for v in valeurs]
    if max(valeurs) <= bornes[-1] + 1e-9 * pas:  # the highest bound closes the last class
        rangs = [min(rang, derniere) for rang in rangs]
    fermees = [Classe(bornes[r], bornes[r + 1], rangs.count(r)) for r in range(derniere + 1)]
    au_dela = sum(rang > derniere for rang in rangs)
    return [*fermees, Classe(bornes[-1], None, au_dela)] if au_dela else fermees


def decouper(valeurs: Sequence[float], seuils: Sequence[Seuil]) -> list[Classe]:
    """Return the classes of a histogram: as far as most values and the thresholds go."""
    return classes(valeurs, max([_etendue(valeurs, []), *(1.3 * un.valeur for un in seuils)]))


def histogramme(
    valeurs: Sequence[float],
    titre: str,
    *,
    unite: str = "guichets",
    seuils: Sequence[Seuil] = (),
    taux: bool = True,
    dimensions: tuple[float, float] = (680, 240),
) -> str:
    """Return how many guichets stand in each class of rate; an open class stands apart."""
    largeur, hauteur = dimensions
    decoupes = decouper(valeurs, seuils)
    fermees = [une for une in decoupes if une.a is not None]
    valeurs_y = graduations(max((une.nombre for une in decoupes), default=1), 4, entieres=True)
    zone = Zone(40, 34, largeur - 10, hauteur - 24)
    bornes = [une.de for une in fermees] + [une.a for une in fermees[-1:] if une.a is not None]
    pas = bornes[1] - bornes[0] if len(bornes) > 1 else 1.0
    ouverte = [une for une in decoupes if une.a is None]
    fin = (bornes[-1] if bornes else 1.0) + len(ouverte) * 1.5 * pas
    x = Echelle(bornes[0] if bornes else 0.0, fin, zone.gauche, zone.droite)
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
        if not bornes or un.valeur <= bornes[-1]
    ]
    morceaux += [_barre(une, (une.de, une.a or 0.0), x, y, unite, taux) for une in fermees]
    morceaux += [_barre(une, (fin - pas, fin), x, y, unite, taux) for une in ouverte]
    morceaux += zone.axe_x(x, bornes, taux=taux)
    return cadre(largeur, hauteur, titre, morceaux)


def _barre(
    une: Classe,
    place: tuple[float, float],
    x: Echelle,
    y: Echelle,
    unite: str,
    taux: bool,  # noqa: FBT001 - private
) -> str:
    haut, bas, de, a = y(une.nombre), y.debut, x(place[0]), x(place[1])
    barre = rectangle(de + 1, haut, a - de - 2, bas - haut, BLEU)
    if une.nombre:
        ecrit = nombre(une.nombre)
        barre += texte((de + a) / 2, haut - 4, ecrit, ancre="middle", taille=12, halo=True)
    if une.a is None:
        barre += texte(a, bas + 18, une.nom(taux=taux), ancre="end", couleur=GRIS, taille=12)
    fond = rectangle(de + 1, bas - 1, a - de - 2, 1, BLEU_CLAIR)
    return bulle(fond + barre, une.dire(unite, taux=taux))

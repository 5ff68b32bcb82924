"""A series over months: its line, its margins, its thresholds, its gaps, what was revised."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.graphiques.base import (
    BLANC,
    BLEU,
    BLEU_CLAIR,
    GRIS,
    ORANGE,
    ROUGE,
    Echelle,
    Zone,
    arrondi,
    balise,
    bulle,
    cadre,
    ecrire,
    graduations,
    largeur_texte,
    ligne,
    losange,
    marque,
    surface,
    texte,
    trace,
)
from infocentre.noyau.etats import DEPASSES, Etat
from infocentre.noyau.francais import pourcent
from infocentre.noyau.temps import mois_court

ETROIT = 480
TIRETS_ENSEMBLE = "2 3"
PLACE_MOIS = 62
PLACE_VALEUR = 54


@dataclass(frozen=True, slots=True)
class Point:
    """One month: its value (None is a gap), its margins, what it is compared with, its state."""

    mois: str
    valeur: float | None
    bas: float | None = None
    haut: float | None = None
    autre: float | None = None
    etat: str | None = None
    revise: bool = False
    jeune: bool = False
    bulle: str | None = None
    lien: str | None = None


@dataclass(frozen=True, slots=True)
class Seuil:
    """A line not to cross: its value, its name, its colour and dashes."""

    valeur: float
    nom: str
    couleur: str
    tirets: str


@dataclass(frozen=True, slots=True)
class Repere:
    """What happened, and may explain a change: its day (AAAA-MM-JJ), its last one, in words."""

    jour: str
    mots: str
    au: str = ""
    lien: str | None = None


def seuils_etats(orange: float | None, rouge: float | None) -> tuple[Seuil, ...]:
    """Return the lines of the two thresholds, told apart without colour by their dashes."""
    if orange is None or rouge is None:
        return ()
    return (
        Seuil(orange, Etat.ORANGE.mot, ORANGE, "2 3"),
        Seuil(rouge, Etat.ROUGE.mot, ROUGE, "7 3"),
    )


def courbe(
    points: Sequence[Point],
    titre: str,
    *,
    seuils: Sequence[Seuil] = (),
    taux: bool = True,
    nom_autre: str | None = None,
    reperes: Sequence[Repere] = (),
    dimensions: tuple[float, float] = (680, 280),
) -> str:
    """Return the series at full size: axes, margins, thresholds named, every month pointed at."""
    largeur, hauteur = dimensions
    valeurs_y = etendue(points, seuils, taux=taux)
    a_gauche = max(largeur_texte(ecrire(v, taux=taux), 12) for v in valeurs_y) + 12
    zone = Zone(a_gauche, 14, largeur - PLACE_VALEUR, hauteur - 28)
    x = Echelle(0, max(1, len(points) - 1), zone.gauche + 8, zone.droite - 8)
    y = Echelle(valeurs_y[0], valeurs_y[-1], zone.bas, zone.haut)
    morceaux = zone.axe_y(y, valeurs_y, taux=taux)
    morceaux += _mois(points, x, zone)
    morceaux += _marges(points, x, y)
    morceaux += _reperes(reperes, points, x, zone)
    morceaux += _seuils(seuils, y, zone, valeurs_y[-1], nommes=True)
    morceaux += [
        trace(un, GRIS, epaisseur=1.5, tirets=TIRETS_ENSEMBLE)
        for un in _segments(points, x, y, "autre")
        if nom_autre
    ]
    morceaux += [trace(un, BLEU, epaisseur=2.5) for un in _segments(points, x, y, "valeur")]
    morceaux += [_point(un, x(rang), y, zone, taux=taux) for rang, un in enumerate(points)]
    morceaux += _derniere(points, x, y, taux=taux)
    return cadre(largeur, hauteur, titre, morceaux)


def petite_courbe(
    points: Sequence[Point],
    titre: str,
    *,
    seuils: Sequence[Seuil] = (),
    dimensions: tuple[float, float] = (280, 92),
) -> str:
    """Return the series as one of many: thresholds without a name, first and last month only."""
    largeur, hauteur = dimensions
    maximum = _maximum(points, seuils)
    zone = Zone(4, 8, largeur - 6, hauteur - 18)
    x = Echelle(0, max(1, len(points) - 1), zone.gauche, zone.droite - 4)
    y = Echelle(0, maximum, zone.bas, zone.haut)
    morceaux = [ligne((0, zone.bas), (largeur, zone.bas), GRIS)]
    morceaux += _marges(points, x, y)
    morceaux += _seuils(seuils, y, zone, maximum, nommes=False)
    morceaux += [trace(un, BLEU) for un in _segments(points, x, y, "valeur")]
    morceaux += [_petit_point(points, rang, x, y) for rang in _remarquables(points)]
    morceaux += _bulles(points, x, zone)
    if points:
        for position, ancre, un in ((0.0, "start", points[0]), (largeur, "end", points[-1])):
            morceaux.append(
                texte(
                    position, hauteur - 4, mois_court(un.mois), ancre=ancre, couleur=GRIS, taille=11
                )
            )
    return cadre(largeur, hauteur, titre, morceaux)


def _reperes(
    reperes: Sequence[Repere], points: Sequence[Point], x: Echelle, zone: Zone
) -> list[str]:
    """Return a line at the month of each, under the number that its words bear below."""
    rangs = {un.mois: rang for rang, un in enumerate(points)}
    morceaux: list[str] = []
    par_mois: dict[str, list[int]] = {}
    for rang, un in enumerate(reperes, 1):
        par_mois.setdefault(un.jour[:7], []).append(rang)
    for mois, numeros in par_mois.items():
        if mois in rangs:
            place = x(rangs[mois])
            morceaux.append(ligne((place, zone.haut), (place, zone.bas), GRIS, tirets="2 3"))
            dit = ", ".join(map(str, numeros))
            morceaux.append(
                texte(place, zone.haut - 2, dit, ancre="middle", couleur=GRIS, taille=11)
            )
    return morceaux


def etendue(points: Sequence[Point], seuils: Sequence[Seuil], *, taux: bool) -> list[float]:
    """Return the round values that an axis of these points bears, from its end to the other."""
    haut = _maximum(points, seuils)
    plafond = max([1.0, *(un.valeur or 0 for un in points)]) if taux else haut
    entieres = not taux and all(float(un.valeur or 0).is_integer() for un in points)
    return graduations(min(haut, plafond), 4, minimum=_minimum(points), entieres=entieres)


def _maximum(points: Sequence[Point], seuils: Sequence[Seuil]) -> float:
    """Highest value that must be seen: margins and thresholds count, but not far above the data."""
    valeurs = [v for un in points for v in (un.valeur, un.autre) if v is not None]
    haut = max(valeurs, default=0.0)
    marges = max((un.haut for un in points if un.haut is not None), default=0.0)
    proches = [un.valeur for un in seuils if un.valeur <= max(2 * haut, seuils[0].valeur)]
    utile = 2 * max(haut, seuils[0].valeur if seuils else 0.0)
    return max(haut * 1.12, min(marges, utile), max(proches, default=0.0) * 1.15) or 0.01


def _minimum(points: Sequence[Point]) -> float:
    """Lowest value that must be seen: 0, or below."""
    return min((v for un in points for v in (un.valeur, un.autre) if v is not None), default=0.0)


def _segments(
    points: Sequence[Point], x: Echelle, y: Echelle, champ: str
) -> list[list[tuple[float, float]]]:
    """Runs of months without a gap; a month alone gives no line."""
    segments: list[list[tuple[float, float]]] = [[]]
    for rang, point in enumerate(points):
        valeur: float | None = getattr(point, champ)
        if valeur is None:
            segments.append([])
        else:
            segments[-1].append((x(rang), y(valeur)))
    return [un for un in segments if len(un) > 1]


def _marges(points: Sequence[Point], x: Echelle, y: Echelle) -> list[str]:
    bandes: list[list[tuple[float, float, float]]] = [[]]
    for rang, un in enumerate(points):
        if un.bas is None or un.haut is None or un.valeur is None:
            bandes.append([])
        else:
            bandes[-1].append((x(rang), y(un.bas), y(un.haut)))
    return [
        surface(
            [(px, bas) for px, bas, _ in bande] + [(px, haut) for px, _, haut in bande[::-1]],
            BLEU_CLAIR,
        )
        for bande in bandes
        if len(bande) > 1
    ]


def _seuils(
    seuils: Sequence[Seuil], y: Echelle, zone: Zone, maximum: float, *, nommes: bool
) -> list[str]:
    vus = [un for un in seuils if un.valeur <= maximum]
    morceaux = [
        ligne(
            (zone.gauche, y(un.valeur)),
            (zone.droite, y(un.valeur)),
            un.couleur,
            tirets=un.tirets,
            epaisseur=1.5,
        )
        for un in vus
    ]
    if nommes:
        morceaux += [
            texte(
                zone.gauche + 4,
                y(un.valeur) - 4,
                f"seuil {un.nom} {pourcent(un.valeur)}",
                couleur=un.couleur,
                taille=11,
                halo=True,
            )
            for un in vus
        ]
    return morceaux


def _mois(points: Sequence[Point], x: Echelle, zone: Zone) -> list[str]:
    """Label as many months as there is room for, counting back from the last one."""
    if not points:
        return []
    etendue = zone.droite - zone.gauche
    pas = next(
        p
        for p in (1, 2, 3, 6, 12, 24, len(points) + 1)
        if (len(points) / p) * (PLACE_MOIS + 14) <= etendue or p > len(points)
    )
    morceaux = []
    for rang in range(len(points) - 1, -1, -pas):
        ancre = "end" if x(rang) + PLACE_MOIS / 2 > zone.droite + PLACE_VALEUR else "middle"
        morceaux += [
            ligne((x(rang), zone.bas), (x(rang), zone.bas + 4), GRIS),
            texte(
                x(rang),
                zone.bas + 18,
                mois_court(points[rang].mois),
                ancre=ancre,
                couleur=GRIS,
                taille=12,
            ),
        ]
    return morceaux


def _point(un: Point, x: float, y: Echelle, zone: Zone, *, taux: bool) -> str:
    if un.valeur is None:
        return bulle(texte(x, zone.bas - 6, "×", ancre="middle", couleur=GRIS), un.bulle)
    signe = _signe(un, x, y(un.valeur), 4)
    ecrit = un.bulle or f"{mois_court(un.mois)} : {_valeur(un.valeur, taux=taux)}"
    return bulle(rectangle_invisible(x, zone, 16) + signe, ecrit)


def _signe(un: Point, x: float, y: float, rayon: float) -> str:
    """A revised month is a lozenge, a young one is hollow, the others bear their state."""
    if un.revise:
        return losange(x, y, rayon + 3) + losange(x, y, rayon, BLANC)
    if un.jeune:
        return balise("circle", cx=x, cy=y, r=rayon, fill=BLANC, stroke=BLEU, stroke_width=2)
    if un.etat in DEPASSES:
        return marque(x, y, un.etat, rayon)
    return balise("circle", cx=x, cy=y, r=rayon - 1, fill=BLEU)


def _petit_point(points: Sequence[Point], rang: int, x: Echelle, y: Echelle) -> str:
    un = points[rang]
    return "" if un.valeur is None else _signe(un, x(rang), y(un.valeur), 4)


def _remarquables(points: Sequence[Point]) -> list[int]:
    """Ranks of the months worth a mark in a small picture: revised, alone, the last one."""
    vues = [rang for rang, un in enumerate(points) if un.valeur is not None]
    seuls = {rang for rang in vues if rang - 1 not in vues and rang + 1 not in vues}
    return [rang for rang in vues if points[rang].revise or rang in seuls or rang == vues[-1]]


def _bulles(points: Sequence[Point], x: Echelle, zone: Zone) -> list[str]:
    """Return one transparent column per month, with what it says; written at once, being many."""
    demi = (x(1) - x(0)) / 2
    cote = f'y="{arrondi(zone.haut)}" height="{arrondi(zone.bas - zone.haut)}"'
    colonnes = []
    for rang, un in enumerate(points):
        gauche, droite = max(0.0, x(rang) - demi), min(zone.droite, x(rang) + demi)
        dit = html.escape(un.bulle or un.mois, quote=False)
        colonnes.append(
            f'<rect x="{arrondi(gauche)}" {cote} width="{arrondi(droite - gauche)}" '
            f'fill-opacity="0"><title>{dit}</title></rect>'
        )
    return colonnes


def rectangle_invisible(x: float, zone: Zone, largeur: float) -> str:
    """Return the area around a month that shows its bubble, from top to bottom."""
    return balise(
        "rect",
        x=x - largeur / 2,
        y=zone.haut,
        width=largeur,
        height=zone.bas - zone.haut,
        fill_opacity="0",
    )


def _derniere(points: Sequence[Point], x: Echelle, y: Echelle, *, taux: bool) -> list[str]:
    connus = [(rang, un.valeur) for rang, un in enumerate(points) if un.valeur is not None]
    if not connus:
        return []
    rang, valeur = connus[-1]
    return [
        texte(
            x(rang) + 10,
            y(valeur) + 4,
            _valeur(valeur, taux=taux),
            couleur=BLEU,
            gras=True,
            halo=True,
        )
    ]


def _valeur(valeur: float, *, taux: bool) -> str:
    return pourcent(valeur, 1) if taux else ecrire(valeur, taux=False)

"""Maps without any tile: communes shaded by a ratio, or circles as large as a count."""

from __future__ import annotations

import bisect
import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from infocentre.graphiques.base import (
    BLANC,
    ENCRE,
    GRIS,
    TAILLE,
    balise,
    bulle,
    cadre,
    ecrire,
    largeur_texte,
    texte,
)

Point = tuple[float, float]
Anneau = tuple[Point, ...]
Contours = Mapping[str, tuple[Anneau, ...]]
Arete = tuple[Point, Point]

# From light to dark: told apart in grey too.
TEINTES = ("#e8edff", "#b6c7f5", "#7f9bea", "#465fc4", "#000091")
VIDE, CERCLE = "#f3f3f3", "#465fc4"
MARGE = 6
RAYON_MAX = 0.075  # of the width
LIGNE_LEGENDE = 22
CLASSES = 5


@dataclass(frozen=True, slots=True)
class Lieu:
    """What a map says of a commune: its value (None: hatched), what pointing at it says."""

    valeur: float | None
    dit: str
    lien: str | None = None


@dataclass(frozen=True, slots=True)
class Etiquette:
    """A name to write over some communes; the first of a list have the best places."""

    nom: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Centre:
    """Where to write on a commune, and how much room it has (area, in units of the drawing)."""

    x: float
    y: float
    aire: float


@dataclass(frozen=True, slots=True)
class Fond:
    """Contours laid on a drawing, ready for any values; `traces` are SVG paths by code.

    `anneaux` and `bords` are the same outlines and borders as points.
    """

    largeur: float
    hauteur: float
    traces: Mapping[str, str]
    centres: Mapping[str, Centre]
    limites: str
    anneaux: Mapping[str, tuple[Anneau, ...]]
    bords: tuple[Anneau, ...]

    def placer(
        self, etiquettes: Sequence[Etiquette], reduction: float = 1.0
    ) -> list[tuple[str, float, float]]:
        """Return the names that find room, each with the middle of its line.

        `reduction`: how small the drawing may become while letters keep their size.
        """
        prises: list[tuple[float, float, float, float]] = []
        placees = []
        for etiquette in etiquettes:
            centres = [self.centres[code] for code in etiquette.codes if code in self.centres]
            if not centres:
                continue
            aire = sum(centre.aire for centre in centres)
            x = sum(centre.x * centre.aire for centre in centres) / aire
            y = sum(centre.y * centre.aire for centre in centres) / aire
            demi = (largeur_texte(etiquette.nom, TAILLE) / 2 + 2) / reduction
            x = min(max(x, demi), self.largeur - demi)
            boite = (x - demi, y - 11 / reduction, x + demi, y + 6 / reduction)
            if not any(_se_touchent(boite, autre) for autre in prises):
                prises.append(boite)
                placees.append((etiquette.nom, x, y))
        return placees


def preparer_fond(contours: Contours, groupes: Mapping[str, str], largeur: float = 620) -> Fond:
    """Lay contours (degrees) on a drawing; `limites` are the borders of groups and the outline."""
    points = [p for anneaux in contours.values() for anneau in anneaux for p in anneau]
    ouest, est = min(x for x, _ in points), max(x for x, _ in points)
    sud, nord = min(y for _, y in points), max(y for _, y in points)
    # Degrees of longitude shrink away from the equator; a département is small enough for that.
    aplati = math.cos(math.radians((sud + nord) / 2))
    echelle = (largeur - 2 * MARGE) / ((est - ouest) * aplati)

    def poser(ligne: Iterable[Point]) -> list[Point]:
        return [
            (MARGE + (x - ouest) * aplati * echelle, MARGE + (nord - y) * echelle) for x, y in ligne
        ]

    poses = {code: [poser(anneau) for anneau in anneaux] for code, anneaux in contours.items()}
    bords = [poser(ligne) for ligne in _chaines(_bords(contours, groupes))]
    return Fond(
        largeur,
        2 * MARGE + (nord - sud) * echelle,
        {code: "".join(f"{_trace(anneau)}Z" for anneau in un) for code, un in poses.items()},
        {code: _centre(max(un, key=_aire)) for code, un in poses.items()},
        "".join(_trace(ligne) for ligne in bords),
        {
            code: tuple(tuple((round(x, 1), round(y, 1)) for x, y in anneau) for anneau in un)
            for code, un in poses.items()
        },
        tuple(tuple((round(x, 1), round(y, 1)) for x, y in ligne) for ligne in bords),
    )


def reunir(contours: Contours, codes: Iterable[str]) -> tuple[Anneau, ...]:
    """Return the contour of several communes taken as one."""
    ensemble = {code: contours[code] for code in codes if code in contours}
    return tuple(tuple(ligne[:-1]) for ligne in _chaines(_bords(ensemble, {})))


def carte(
    fond: Fond,
    lieux: Mapping[str, Lieu],
    titre: str,
    *,
    bornes: Sequence[float] | None = None,
    etiquettes: Sequence[Etiquette] = (),
    maximum: float | None = None,
) -> str:
    """Return a map: shaded by classes when `bornes` part them, else with circles.

    `maximum` is the value of the largest circle, so that two maps have the same measure.
    """
    plus_grand = maximum or max([lieu.valeur or 0 for lieu in lieux.values()] or [0]) or 1
    motif = _Hachures(f"{titre}{fond.largeur}")
    morceaux = [motif.definition]
    for code, trace in fond.traces.items():
        lieu = lieux.get(code)
        couleur = motif.remplissage if lieu and lieu.valeur is None else _couleur(lieu, bornes)
        zone = balise("path", d=trace, fill=couleur, stroke=BLANC, stroke_width=0.7)
        morceaux.append(bulle(zone, lieu.dit if lieu else None))
    morceaux.append(
        balise(
            "path",
            d=fond.limites,
            fill="none",
            stroke=ENCRE,
            stroke_width=1.1,
            stroke_linejoin="round",
            pointer_events="none",
        )
    )
    if bornes is None:
        morceaux += _cercles(fond, lieux, plus_grand)
    morceaux += _ecrire_etiquettes(fond, etiquettes)
    return cadre(fond.largeur, fond.hauteur, titre, morceaux)


def classer(valeurs: Iterable[float], nombre_voulu: int = CLASSES) -> list[float]:
    """Return round bounds that part values into classes of about as many values each."""
    triees = sorted(valeurs)
    if not triees:
        return []
    rangs = [len(triees) * rang // nombre_voulu for rang in range(1, nombre_voulu)]
    rondes = sorted({_arrondir(triees[rang]) for rang in rangs})
    return [borne for borne in rondes if triees[0] < borne <= triees[-1]]


def noms_des_classes(
    bornes: Sequence[float], valeurs: Collection[float] = (), *, taux: bool = False
) -> list[str]:
    """Return what each class is called: « moins de 5 », « de 5 à moins de 8 », « 8 et plus ».

    Without bounds, all `valeurs` are of one class, which is called by what they are.
    """
    ecrits = [ecrire(borne, taux=taux) for borne in bornes]
    if not ecrits:
        bas, haut = (ecrire(f(valeurs, default=0), taux=taux) for f in (min, max))
        return [bas if bas == haut else f"de {bas} à {haut}"]
    entre = [f"de {bas} à moins de {haut}" for bas, haut in pairwise(ecrits)]
    return [f"moins de {ecrits[0]}", *entre, f"{ecrits[-1]} et plus"]


def classe(valeur: float, bornes: Sequence[float]) -> int:
    """Return the rank of the class of a value, as it is written: 7,59 is read « 7,6 ».

    One decimal, of a percentage for what is below 1: bounds are written so too.
    """
    return bisect.bisect_right(bornes, round(valeur, 1 if abs(valeur) > 1 else 3))


def legende_teintes(noms: Sequence[str], titre: str, *, hachures: str = "", vide: str = "") -> str:
    """Return the key of a shaded map, one line per class; `hachures` says what hatching means.

    `vide`: what a territory that has no value at all is.
    """
    couleurs = teintes(len(noms))
    motif = _Hachures(titre)
    lignes = list(zip(couleurs, noms, strict=True))
    lignes += [(motif.remplissage, hachures)] if hachures else []
    lignes += [(VIDE, vide)] if vide else []
    morceaux = [motif.definition]
    for rang, (couleur, nom) in enumerate(lignes):
        y = rang * LIGNE_LEGENDE
        morceaux += [
            balise("rect", x=0.5, y=y + 3.5, width=24, height=14, fill=couleur, stroke=GRIS),
            texte(34, y + 15, nom),
        ]
    large = 44 + max(largeur_texte(nom) for _, nom in lignes) * 1.1
    return cadre(large, len(lignes) * LIGNE_LEGENDE + 4, titre, morceaux)


def reperes(maximum: float, minimum: float = 1) -> list[float]:
    """Return the counts that the key of circles shows: small, middle, largest.

    `minimum` is the least that the map draws: none is smaller. Where all are alike, one is enough.
    """
    if 2 * minimum > maximum:
        return [_arrondir(maximum)]
    ronds = (_arrondir(maximum * part, 1) for part in (0.04, 0.25, 1))
    return list(dict.fromkeys(max(v, minimum) for v in ronds))


def legende_cercles(
    valeurs: Collection[float], fond: Fond, titre: str, *, hachures: str = ""
) -> str:
    """Return the key of the circles of a map: three round counts at its measure."""
    maximum = max(valeurs, default=1) or 1
    rayon = RAYON_MAX * fond.largeur
    motif = _Hachures(titre)
    morceaux, x = [motif.definition], 2.0
    for valeur in reperes(maximum, min((un for un in valeurs if un), default=1)):
        r = _rayon(valeur, maximum, rayon)
        large = max(2 * r, largeur_texte(ecrire(valeur, taux=False)))
        morceaux += [
            balise(
                "circle",
                cx=x + large / 2,
                cy=2 * rayon + 2 - r,
                r=r,
                fill=CERCLE,
                fill_opacity="0.55",
                stroke=BLANC,
            ),
            texte(x + large / 2, 2 * rayon + 20, ecrire(valeur, taux=False), ancre="middle"),
        ]
        x += large + 24
    haut = 2 * rayon + 28
    if hachures:
        morceaux += [
            balise(
                "rect",
                x=0.5,
                y=haut + 3.5,
                width=24,
                height=14,
                fill=motif.remplissage,
                stroke=GRIS,
            ),
            texte(34, haut + 15, hachures),
        ]
        x, haut = max(x, 44 + largeur_texte(hachures) * 1.1), haut + LIGNE_LEGENDE + 4
    return cadre(x, haut, titre, morceaux)


class _Hachures:
    """Hatching under a name of its own: one hidden drawing must not take it from another."""

    def __init__(self, cle: str) -> None:
        nom = f"hachures-{zlib.crc32(cle.encode()):x}"
        self.remplissage = f"url(#{nom})"
        self.definition = (
            f'<defs><pattern id="{nom}" width="6" height="6" patternUnits="userSpaceOnUse">'
            f'<rect width="6" height="6" fill="{VIDE}"/>'
            '<path d="M0 6L6 0M-1 1L1 -1M5 7L7 5" stroke="#929292"/></pattern></defs>'
        )


def _couleur(lieu: Lieu | None, bornes: Sequence[float] | None) -> str:
    if lieu is None or lieu.valeur is None or bornes is None:
        return VIDE
    return teintes(len(bornes) + 1)[classe(lieu.valeur, bornes)]


def teintes(nombre_de_classes: int) -> list[str]:
    """Return the shade of each class: few classes take shades far apart."""
    if nombre_de_classes == 1:
        return [TEINTES[2]]
    dernier, pas = len(TEINTES) - 1, nombre_de_classes - 1
    return [TEINTES[round(rang * dernier / pas)] for rang in range(nombre_de_classes)]


def _cercles(fond: Fond, lieux: Mapping[str, Lieu], maximum: float) -> list[str]:
    tries = sorted(lieux.items(), key=lambda un: -(un[1].valeur or 0))
    return [
        bulle(
            balise(
                "circle",
                cx=centre.x,
                cy=centre.y,
                fill=CERCLE,
                fill_opacity="0.55",
                stroke=BLANC,
                r=_rayon(lieu.valeur, maximum, RAYON_MAX * fond.largeur),
            ),
            lieu.dit,
        )
        for code, lieu in tries
        if lieu.valeur and (centre := fond.centres.get(code))
    ]


def rayon_cercle(valeur: float, maximum: float, fond: Fond) -> float:
    """Return the radius of a circle on a map."""
    return _rayon(valeur, maximum, RAYON_MAX * fond.largeur)


def _rayon(valeur: float, maximum: float, rayon: float) -> float:
    """Return a radius such that areas are in proportion to values."""
    return max(1.0, rayon * math.sqrt(valeur / maximum))


def _arrondir(valeur: float, chiffres: int = 2) -> float:
    if valeur == 0:
        return 0.0
    return round(valeur, chiffres - 1 - math.floor(math.log10(abs(valeur))))


def _ecrire_etiquettes(fond: Fond, etiquettes: Sequence[Etiquette]) -> list[str]:
    """Write the names that find room, at the middle of their largest commune or of their group."""
    ecrites = []
    for nom, x, y in fond.placer(etiquettes):
        demi = largeur_texte(nom, TAILLE) / 2 + 2
        ecrites += [
            _plaque((x - demi, y - 11, x + demi, y + 6)),
            texte(x, y + 4, nom, ancre="middle"),
        ]
    return [balise("g", "".join(ecrites), pointer_events="none")] if ecrites else []


def _plaque(boite: tuple[float, float, float, float]) -> str:
    """Return the ground of a name, which reads on any shade."""
    gauche, haut, droite, bas = boite
    return balise(
        "rect",
        x=gauche,
        y=haut,
        width=droite - gauche,
        height=bas - haut,
        rx=2,
        fill=BLANC,
        fill_opacity="0.85",
    )


def _se_touchent(
    une: tuple[float, float, float, float], autre: tuple[float, float, float, float]
) -> bool:
    return une[0] < autre[2] and autre[0] < une[2] and une[1] < autre[3] and autre[1] < une[3]


# --- Geometry -------------------------------------------------------------------------------------


def _trace(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _aire(anneau: Sequence[Point]) -> float:
    suivants = [*anneau[1:], anneau[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(anneau, suivants, strict=True))) / 2


def _centre(anneau: Sequence[Point]) -> Centre:
    """Return the middle of a ring, weighted by its sides."""
    suivants = [*anneau[1:], anneau[0]]
    cotes = [math.dist(a, b) for a, b in zip(anneau, suivants, strict=True)]
    total = sum(cotes) or 1
    milieux = [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(anneau, suivants, strict=True)
    ]
    x = sum(c * m[0] for c, m in zip(cotes, milieux, strict=True)) / total
    y = sum(c * m[1] for c, m in zip(cotes, milieux, strict=True)) / total
    return Centre(x, y, max(_aire(anneau), 1e-6))


def _bords(contours: Contours, groupes: Mapping[str, str]) -> list[Arete]:
    """Return the edges that only one commune of a group has: its border."""
    par_groupe: dict[str, Counter[Arete]] = defaultdict(Counter)
    for code, anneaux in contours.items():
        compte = par_groupe[groupes.get(code, "")]
        for anneau in anneaux:
            compte.update(
                (a, b) if a < b else (b, a)
                for a, b in zip(anneau, [*anneau[1:], anneau[0]], strict=True)
            )
    bords = {arete for compte in par_groupe.values() for arete, n in compte.items() if n == 1}
    return sorted(bords)


def _chaines(aretes: Iterable[Arete]) -> list[list[Point]]:
    """Join edges end to end into as few lines as following them gives."""
    voisins: dict[Point, list[Point]] = defaultdict(list)
    for a, b in aretes:
        voisins[a].append(b)
        voisins[b].append(a)
    lignes = []
    for depart in list(voisins):
        while voisins[depart]:
            ligne = [depart]
            while voisins[ligne[-1]]:
                suivant = voisins[ligne[-1]].pop()
                voisins[suivant].remove(ligne[-1])
                ligne.append(suivant)
            lignes.append(ligne)
    return lignes

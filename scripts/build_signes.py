"""Make reports/commun/polices/Signes.ttf: the signs of the states as letters, ● ▲ ■ ✖ ○, and ᵉ ʳ.

Marianne has none of them, and no other font is sure to be there. As letters they are read, copied
and searched like the rest of the line, and cost a printer less than as many drawings. The shapes
are those of infocentre/graphiques/base.py; the letters of 1ᵉʳ are Marianne's, smaller and raised.

usage: python scripts/build_signes.py
"""

import math
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

POLICES = Path(__file__).parent.parent / "reports" / "commun" / "polices"
CIBLE = POLICES / "Signes.ttf"
# Bold letters made smaller have the strokes of ordinary ones.
LETTRES, EXPOSANTS = POLICES / "Marianne-Bold.ttf", {"ᵉ": "e", "ʳ": "r"}
REDUCTION, ELEVATION = 0.62, 330
COTE, CORPS, DESCENTE, ARCS = 12, 1000, 96, 8
RAYON, TRAIT = 4.5, 3.0
Point = tuple[float, float]


def main() -> None:
    """Write the font, the same bytes each time."""
    r = RAYON
    haut = r * 1.15
    triangle = [(6, 6 - haut), (6 + haut, 6 + haut * 0.8), (6 - haut, 6 + haut * 0.8)]
    carre = [(6 - r, 6 - r), (6 + r, 6 - r), (6 + r, 6 + r), (6 - r, 6 + r)]
    dessins = {
        "●": _forme([], cercles=[r]),
        "▲": _forme([triangle]),
        "■": _forme([carre]),
        "✖": _forme([_trait(1), _trait(-1)]),
        "○": _forme([], cercles=[r + 0.05, 1.45 - r]),
    }
    exposants = {exposant: _exposant(lettre) for exposant, lettre in EXPOSANTS.items()}
    dessins |= {exposant: forme for exposant, (forme, _) in exposants.items()}
    noms = {ord(signe): f"uni{ord(signe):04X}" for signe in dessins}
    vide = _forme([])
    police = FontBuilder(CORPS, isTTF=True)
    police.setupGlyphOrder([".notdef", *noms.values()])
    police.setupCharacterMap(noms)
    formes = {noms[ord(signe)]: forme for signe, forme in dessins.items()}
    police.setupGlyf({".notdef": vide, **formes})
    gauches = {nom: getattr(forme, "xMin", 0) for nom, forme in formes.items()}
    avances = {noms[ord(exposant)]: avance for exposant, (_, avance) in exposants.items()}
    police.setupHorizontalMetrics(
        {
            nom: (avances.get(nom, CORPS), gauche)
            for nom, gauche in ({".notdef": 0} | gauches).items()
        }
    )
    police.setupHorizontalHeader(ascent=CORPS - DESCENTE, descent=-DESCENTE)
    police.setupNameTable({"familyName": "Signes", "styleName": "Regular"})
    police.setupOS2(sTypoAscender=CORPS - DESCENTE, sTypoDescender=-DESCENTE)
    police.setupPost()
    police.updateHead(created=0, modified=0)
    police.font.recalcTimestamp = False
    police.save(CIBLE)


def _forme(contours: list[list[Point]], cercles: list[float] | None = None) -> Glyph:
    """Return shapes drawn in a square of 12, y downwards; a negative radius is a hole."""
    plume = TTGlyphPen(None)
    for contour in contours:
        premier, *autres = map(_place, contour)
        plume.moveTo(premier)
        for point in autres:
            plume.lineTo(point)
        plume.closePath()
    for rayon in cercles or ():
        _cercle(plume, rayon)
    return plume.glyph()


def _exposant(lettre: str) -> tuple[Glyph, int]:
    """Return a letter as it stands beside a number, and its advance."""
    police = TTFont(LETTRES)
    nom = police.getBestCmap()[ord(lettre)]
    echelle = REDUCTION * CORPS / police["head"].unitsPerEm
    plume = TTGlyphPen(None)
    police.getGlyphSet()[nom].draw(TransformPen(plume, (echelle, 0, 0, echelle, 0, ELEVATION)))
    return plume.glyph(), round(echelle * police["hmtx"][nom][0])


def _cercle(plume: TTGlyphPen, rayon: float) -> None:
    """Draw a circle as quadratic arcs, the other way round when the radius is negative."""
    sens = 1 if rayon > 0 else -1
    pas = 2 * math.pi / ARCS
    dehors = abs(rayon) / math.cos(pas / 2)
    points = [
        _place((6 + dehors * math.cos(angle), 6 + dehors * math.sin(angle)))
        for angle in (sens * pas * rang for rang in range(ARCS))
    ]
    plume.qCurveTo(*points, None)
    plume.closePath()


def _trait(sens: int) -> list[Point]:
    """Return a diagonal of the cross, its thickness on both sides."""
    ecart = TRAIT / 2 / math.sqrt(2)
    a, b = 6 - RAYON, 6 + RAYON
    coins = [
        (a - ecart, a + ecart),
        (a + ecart, a - ecart),
        (b + ecart, b - ecart),
        (b - ecart, b + ecart),
    ]
    return [(x, y if sens > 0 else COTE - y) for x, y in (coins if sens > 0 else coins[::-1])]


def _place(point: Point) -> tuple[int, int]:
    x, y = point
    return round(x * CORPS / COTE), round((COTE - y) * CORPS / COTE) - DESCENTE


if __name__ == "__main__":
    main()

"""Copy from the npm package @gouvfr/dsfr what the dashboards use, with its folder layout.

The fonts of pages are those of print, without the letters that no page has: a third of the weight.

usage: python scripts/vendor_dsfr.py <folder of the unpacked package>
"""

import re
import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import woff2

COMPOSANTS = tuple(
    (
        "alert badge breadcrumb button callout footer form header input link navigation notice "
        "pagination select skiplink summary tag"
    ).split()
)
RACINE = Path(__file__).parent.parent
CIBLE = RACINE / "dashboards" / "dsfr"
POLICES = RACINE / "reports" / "commun" / "polices"  # printed documents have the same
GRAISSES = ("Regular", "Medium", "Bold")
# Latin of Europe, accents, punctuation, currencies, arrows, mathematics, the signs of states.
LETTRES = (
    range(0x20, 0x180),
    range(0x2B0, 0x370),
    range(0x2000, 0x20D0),
    range(0x2100, 0x2270),
    range(0x2500, 0x2800),
    range(0xFB00, 0xFB05),
)
TRAITS = ["ccmp", "kern", "liga", "locl", "mark", "sups", "tnum"]


def main(paquet: Path) -> None:
    """Replace dashboards/dsfr: main style sheets, the icons that they name; and the fonts."""
    shutil.rmtree(CIBLE, ignore_errors=True)
    feuilles = ["core/core.main.min.css"]
    feuilles += [f"component/{nom}/{nom}.main.min.css" for nom in COMPOSANTS]
    icones: set[str] = set()
    for feuille in feuilles:
        _copier(paquet / "dist", feuille)
        icones |= set(re.findall(r"icons/[\w/.-]+\.svg", (CIBLE / feuille).read_text("utf-8")))
    for fichier in sorted(icones):
        _copier(paquet / "dist", fichier)
    for graisse in GRAISSES:
        source = paquet / "dist" / "fonts" / f"Marianne-{graisse}.woff2"
        woff2.decompress(source, POLICES / f"Marianne-{graisse}.ttf")
        alleger(POLICES / f"Marianne-{graisse}.ttf")
    shutil.copyfile(paquet / "LICENSE.md", CIBLE / "LICENSE.md")


def alleger(police: Path) -> None:
    """Write beside a font the one of pages: LETTRES only, without what screens no longer need."""
    options = subset.Options(flavor="woff2", layout_features=TRAITS, hinting=False)
    fonte = subset.load_font(police, options)
    reduction = subset.Subsetter(options)
    reduction.populate(unicodes=[lettre for suite in LETTRES for lettre in suite])
    reduction.subset(fonte)
    subset.save_font(fonte, police.with_suffix(".woff2"), options)


def _copier(source: Path, fichier: str) -> None:
    if not (source / fichier).exists():
        return
    (CIBLE / fichier).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / fichier, CIBLE / fichier)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

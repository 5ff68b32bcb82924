"""Copy from the npm package @gouvfr/dsfr what the dashboards use, with its folder layout.

usage: python scripts/vendor_dsfr.py <folder of the unpacked package>
"""

import re
import shutil
import sys
from pathlib import Path

COMPOSANTS = tuple(
    (
        "accordion alert badge breadcrumb button callout card footer form header input link "
        "navigation notice pagination search select sidemenu skiplink summary tab table tag tile"
    ).split()
)
RACINE = Path(__file__).parent.parent
CIBLE = RACINE / "dashboards" / "dsfr"
POLICES = RACINE / "reports" / "commun" / "polices"  # printed documents have the same
GRAISSES = ("Regular", "Medium", "Bold")


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
        shutil.copy(paquet / "dist" / "fonts" / f"Marianne-{graisse}.woff2", POLICES)
    shutil.copyfile(paquet / "LICENSE.md", CIBLE / "LICENSE.md")


def _copier(source: Path, fichier: str) -> None:
    if not (source / fichier).exists():
        return
    (CIBLE / fichier).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / fichier, CIBLE / fichier)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

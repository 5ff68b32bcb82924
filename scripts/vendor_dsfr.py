"""Copy from the npm package @gouvfr/dsfr what the dashboards use, with its folder layout.

usage: python scripts/vendor_dsfr.py <folder of the unpacked package>
"""

import re
import shutil
import sys
from pathlib import Path

COMPOSANTS = (
    "accordion", "alert", "badge", "breadcrumb", "button", "callout", "card", "footer", "form",
    "header", "input", "link", "navigation", "notice", "pagination", "search", "select", "sidemenu",
    "skiplink", "summary", "tab", "table", "tag", "tile",
)  # fmt: skip
POLICES = ("Marianne-Regular.woff2", "Marianne-Medium.woff2", "Marianne-Bold.woff2")
CIBLE = Path(__file__).parent.parent / "dashboards" / "dsfr"


def main(paquet: Path) -> None:
    """Replace dashboards/dsfr: main style sheets, fonts, and the icons that the sheets name."""
    shutil.rmtree(CIBLE, ignore_errors=True)
    feuilles = ["core/core.main.min.css"]
    feuilles += [f"component/{nom}/{nom}.main.min.css" for nom in COMPOSANTS]
    icones: set[str] = set()
    for feuille in feuilles:
        _copier(paquet / "dist", feuille)
        icones |= set(re.findall(r"icons/[\w/.-]+\.svg", (CIBLE / feuille).read_text("utf-8")))
    for fichier in [*sorted(icones), *(f"fonts/{police}" for police in POLICES)]:
        _copier(paquet / "dist", fichier)
    shutil.copyfile(paquet / "LICENSE.md", CIBLE / "LICENSE.md")


def _copier(source: Path, fichier: str) -> None:
    if not (source / fichier).exists():
        return
    (CIBLE / fichier).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / fichier, CIBLE / fichier)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

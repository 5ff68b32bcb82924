"""Photograph two pages of the bilan: the essentials, and the page of an EPCI.

usage: INFOCENTRE_DOSSIER=<a loaded demonstration> python scripts/captures_bilan.py 2026-S1
Writes docs/captures/bilan-<page>.png.
"""

import sys
import tempfile
from pathlib import Path

import pypdfium2

from infocentre.cli import main as infocentre

CIBLE = Path(__file__).parent.parent / "docs" / "captures"
PAGES = {"essentiel": "À retenir", "territoire": "Une page par EPCI"}
ECHELLE = 1.4  # 100 pixels an inch


def main() -> None:
    """Print the bilan, find the pages by what they say, photograph them."""
    with tempfile.TemporaryDirectory() as dossier:
        sortie = Path(dossier) / "bilan.pdf"
        if infocentre(["bilan", sys.argv[1], "--sortie", str(sortie)]):
            sys.exit(1)
        document = pypdfium2.PdfDocument(sortie.read_bytes())
    for nom, mots in PAGES.items():
        page = next(
            une
            for rang, une in enumerate(document)
            if rang > 1 and mots in une.get_textpage().get_text_range()  # after the contents
        )
        image = page.render(scale=ECHELLE).to_pil().quantize(64)
        image.save(CIBLE / f"bilan-{nom}.png", optimize=True)


if __name__ == "__main__":
    main()

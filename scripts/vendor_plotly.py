"""Make the plotly.js that pages with a chart load: the basic bundle (MIT) and its French.

usage: python scripts/vendor_plotly.py        (needs npm; versions are those of package-lock.json)
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parent / "plotly"
CIBLE = Path(__file__).parent.parent / "dashboards" / "plotly"
LOCALE = "/* plotly.js-locales/fr.js */"


def main() -> None:
    """Write plotly-<version>.min.js and the licences of what is in it."""
    shutil.rmtree(CIBLE, ignore_errors=True)
    CIBLE.mkdir()
    with tempfile.TemporaryDirectory() as temporaire:
        atelier = Path(temporaire)
        for fichier in SOURCE.glob("*.json"):
            shutil.copy(fichier, atelier)
        commande = ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"]
        subprocess.run(commande, cwd=atelier, check=True)
        modules = atelier / "node_modules"
        plotly, locales = modules / "plotly.js-basic-dist-min", modules / "plotly.js-locales"
        suite = (SOURCE / "suite.js").read_text("utf-8")
        suite = suite.replace(LOCALE, (locales / "fr.js").read_text("utf-8"))
        texte = (plotly / "plotly-basic.min.js").read_text("utf-8")
        (CIBLE / f"plotly-basic-{_version(plotly)}.min.js").write_text(f"{texte}\n{suite}", "utf-8")
        licences = "\n".join(
            f"{un.name} {_version(un)}\n\n{(un / 'LICENSE').read_text('utf-8')}"
            for un in (plotly, locales)
        )
        (CIBLE / "LICENCES.txt").write_text(licences, "utf-8")


def _version(paquet: Path) -> str:
    lu: dict[str, str] = json.loads((paquet / "package.json").read_text("utf-8"))
    return lu["version"]


if __name__ == "__main__":
    main()

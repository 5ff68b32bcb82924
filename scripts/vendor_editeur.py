"""Bundle the SQL editor (CodeMirror 6, MIT) into the one script that the page Requêtes loads.

usage: python scripts/vendor_editeur.py        (needs npm; versions are those of package-lock.json)
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parent / "editeur"
CIBLE = Path(__file__).parent.parent / "dashboards" / "editeur"
ENTETE = "/* CodeMirror 6 (MIT, see LICENCES.txt) and scripts/editeur/source.js; made by scripts/vendor_editeur.py */"  # noqa: E501


def main() -> None:
    """Write editeur.js and the licences of what is in it."""
    CIBLE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporaire:
        atelier = Path(temporaire)
        for fichier in SOURCE.iterdir():
            shutil.copy(fichier, atelier)
        _lancer(["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], atelier)
        _lancer(
            [
                "node_modules/.bin/esbuild",
                "source.js",
                "--bundle",
                "--minify",
                "--format=iife",
                "--target=es2020",
                "--legal-comments=none",
                f"--banner:js={ENTETE}",
                f"--outfile={CIBLE / 'editeur.js'}",
            ],
            atelier,
        )
        (CIBLE / "LICENCES.txt").write_text(_licences(atelier / "node_modules"), "utf-8")


def _lancer(commande: list[str], ou: Path) -> None:
    subprocess.run(commande, cwd=ou, check=True)


def _licences(modules: Path) -> str:
    """Return name, version and licence of every package but the tool that bundles."""
    textes = []
    for paquet in sorted(modules.glob("*/package.json")) + sorted(
        modules.glob("@*/*/package.json")
    ):
        nom = json.loads(paquet.read_text("utf-8"))
        if "esbuild" not in nom["name"]:
            licence = (paquet.parent / "LICENSE").read_text("utf-8").strip()
            textes.append(f"{nom['name']} {nom['version']}\n\n{licence}\n")
    return f"\n{'-' * 78}\n\n".join(textes)


if __name__ == "__main__":
    main()

"""The Système de design de l'État as it is vendored beside the dashboards: one sheet of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infocentre.noyau.config import polices

DSFR: Final = Path(__file__).parents[2] / "dashboards" / "dsfr"
_FONTE = re.compile(r"@font-face\{[^}]*\}")


def feuille(racine: str, composants: Sequence[str] = ("*",)) -> str:
    """Return the core and these components, all by default; `racine` is where their files are."""
    voulus = {un for nom in composants for un in DSFR.glob(f"component/{nom}/*.css")}
    feuilles = [DSFR / "core/core.main.min.css", *sorted(voulus)]
    texte = "\n".join(feuille.read_text("utf-8") for feuille in feuilles)
    texte = _FONTE.sub(lambda une: _fonte(une[0]), texte)
    return re.sub(r"url\((?:\.\./)+", f"url({racine}", texte)


def _fonte(regle: str) -> str:
    """Return a rule of font as it is served: nothing of one that is not here."""
    nom = re.search(r"fonts/([\w-]+\.woff2)", regle)
    if nom is None or not (polices() / nom[1]).is_file():
        return ""
    return re.sub(r",url\([^)]*\.woff\) format\(\"woff\"\)", "", regle)

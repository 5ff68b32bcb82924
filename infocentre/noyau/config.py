"""Where things live, and what the environment says of them: the data directory, the resources."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from infocentre.noyau.erreurs import Refus

Ressource = Literal["docs", "queries", "expectations", "reports"]


def dossier_donnees() -> Path:
    """Return the directory under which everything lives (INFOCENTRE_DOSSIER, else ./donnees)."""
    return Path(os.environ.get("INFOCENTRE_DOSSIER") or "donnees").absolute()


def adresse_publique() -> str:
    """Return under which address people come (INFOCENTRE_ADRESSE), '' when nothing says it.

    What headers of a request say of it is never believed.
    """
    return os.environ.get("INFOCENTRE_ADRESSE", "").strip().rstrip("/")


def nombre_regle(nom: str, defaut: int, maximum: int, faute: str, que_faire: str) -> int:
    """Return a whole number that the environment says, from 1 to `maximum`.

    Raises:
        Refus: it says something else: « … », then `faute`.
    """
    dit = os.environ.get(nom, "").strip() or str(defaut)
    if not dit.isdecimal() or not 1 <= int(dit) <= maximum:
        raise Refus(f"« {dit[:20]} » {faute}", nom, que_faire)
    return int(dit)


def ressources(nom: Ressource) -> Path:
    """Return the directory of a resource, in the installed wheel or in the repository."""
    paquet = Path(__file__).parent.parent
    installe = paquet / "_ressources" / nom
    return installe if installe.is_dir() else paquet.parent / nom


# All that is known of each procedure, a folder each: rules that YAML says, and texts.
DES_PROCEDURES = Path(__file__).parent.parent / "procedures"


def polices() -> Path:
    """Return the directory of the fonts: woff2 for a browser, ttf for a printer."""
    return ressources("reports") / "commun" / "polices"

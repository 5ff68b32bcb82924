"""Settings of a procedure: its defaults, then what affaires.yml of the data directory says.

mesures_correctives:
  delai_relance: 10
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infocentre.affaires.modele import Procedure
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.noyau.memoire import Memoire

FICHIER = "affaires.yml"
MAXIMUM = 3660


def reglages_de(procedure: Procedure, fichier: Path | None = None) -> Mapping[str, int]:
    """Return the settings of a procedure; raise Refus that names file and field."""
    defauts = {nom: un.valeur for nom, un in procedure.reglages.items()}
    chemin = fichier or dossier_donnees() / FICHIER
    siens = _lus(chemin).get(procedure.code) or {}
    if not isinstance(siens, dict):
        raise Refus(f"« {procedure.code} » ne contient pas de réglages", str(chemin))
    for nom, valeur in siens.items():
        if nom not in defauts:
            raise Refus(
                f"champ « {procedure.code}.{nom} » : ce réglage n'existe pas",
                str(chemin),
                f"Réglages : {', '.join(defauts)}.",
            )
        if isinstance(valeur, bool) or not isinstance(valeur, int) or not 0 <= valeur <= MAXIMUM:
            raise Refus(
                f"champ « {procedure.code}.{nom} » : un nombre entier de 0 à {MAXIMUM} est attendu",
                str(chemin),
                "Corriger ce fichier de réglages, puis recommencer.",
            )
    return defauts | siens


def signature(fichier: Path | None = None) -> tuple[int, int] | None:
    """Return what changes when the settings of the installation do, None when it has none."""
    try:
        etat = (fichier or dossier_donnees() / FICHIER).stat()
    except FileNotFoundError:
        return None
    return etat.st_mtime_ns, etat.st_size


_LUS: Memoire[dict[str, Any]] = Memoire(8)


def _lus(chemin: Path) -> dict[str, Any]:
    """Return the fields of the file, read again when it changes."""
    cle = signature(chemin)
    if cle is None:
        return {}
    return _LUS.lire(chemin, lambda _: lire_yaml(chemin, "des réglages de procédures"), cle)

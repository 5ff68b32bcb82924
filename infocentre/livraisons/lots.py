"""A folder that holds deliveries, rather than being one: each is loaded, the oldest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from infocentre.livraisons.depot import arrete_du_manifeste, arrete_du_nom
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import est_vu


def deplier(chemins: Iterable[Path]) -> tuple[Path, ...]:
    """Return the deliveries that these paths hold, those of a folder in the order of their arrêté.

    Raises:
        Refus: one of what a folder of deliveries holds is none.
    """
    return tuple(une for chemin in chemins for une in _contenues(chemin))


def _contenues(chemin: Path) -> list[Path]:
    if not chemin.is_dir() or arrete_du_nom(chemin):
        return [chemin]
    presents = [un for un in sorted(chemin.iterdir()) if est_vu(un.name)]
    if not presents or not all(un.is_dir() or un.suffix.lower() == ".zip" for un in presents):
        return [chemin]
    return sorted(presents, key=_arrete) if len(presents) > 1 else presents


def _arrete(chemin: Path) -> dt.date:
    jour = arrete_du_nom(chemin) or (arrete_du_manifeste(chemin) if chemin.is_dir() else None)
    if jour is None:
        raise Refus(
            "ce dossier de livraisons contient ce qui n'en est pas une",
            str(chemin),
            "N'y laisser que des livraisons, nommées AAAA-MM (ou AAAA pour une année).",
        )
    return jour

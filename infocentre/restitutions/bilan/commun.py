"""What the chapters share: a row by its code, its figures as numbers, a change in a year."""

from __future__ import annotations

from typing import cast

from infocentre.lecture.tableaux import LigneTableau, R, TableauDe
from infocentre.restitutions.tables import connu


def ligne(lu: TableauDe[R] | None, code: str, fenetre: str = "", niveau: str = "") -> R:
    """Return the row of a code (and window, and level where there are some), empty for none."""
    for une in lu.lignes if lu else ():
        if (
            une.get("code") == code
            and fenetre in {"", une.get("fenetre")}
            and niveau in {"", une.get("niveau", niveau)}
        ):
            return une
    return lu.sans_ligne if lu else cast("R", {})


def valeur(une: LigneTableau, nom: str) -> float | None:
    """Return a figure of a row as a number, None when it is masked or missing."""
    return connu(une.get(nom))

"""What the chapters share: a row by its code, its figures as numbers, a change in a year."""

from __future__ import annotations

from typing import Any, cast

from infocentre.lecture.tableaux import LigneTableau, R, TableauDe
from infocentre.noyau.francais import evolution
from infocentre.restitutions.document import Bloc, Paragraphe
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


def en_un_an(ici: Any, avant: Any) -> str:  # noqa: ANN401 - two cells
    """Return « en hausse de 3,2 % en un an », empty when it cannot be told."""
    neuf, vieux = connu(ici), connu(avant)
    if neuf is None or not vieux:
        return ""
    dit = evolution(neuf, vieux)
    return f"{dit} sur un an" if dit == "stable" else f"{dit} en un an"


def paragraphes(*textes: str, genre: str = "texte") -> tuple[Bloc, ...]:
    """Return the sentences that have something to say, as one paragraph."""
    dits = [un for un in textes if un]
    return (Paragraphe(" ".join(dits), genre),) if dits else ()  # type: ignore[arg-type]

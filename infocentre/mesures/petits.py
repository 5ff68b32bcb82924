"""What is hidden of published counts from who may see no small one, on screen and in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infocentre.mesures.reglages import completer_reglages

if TYPE_CHECKING:
    from infocentre.mesures.connexion import Connexion

# Counts by window: the numerator, the denominator, and what is calculated from both.
_Comptes = tuple[tuple[str, str, tuple[str, ...]], ...]
_VALEURS: _Comptes = (
    ("numerateur", "denominateur", ("taux",)),
    ("numerateur_12m", "denominateur_12m", ("taux_12m",)),
    ("n_etat", "d_etat", ("taux_etat", "borne_basse", "borne_haute")),
)
_REVISIONS: _Comptes = tuple(
    (f"numerateur{fenetre}_{quand}", f"denominateur{fenetre}_{quand}", ())
    for fenetre in ("", "_12m")
    for quand in ("avant", "apres")
)
_TRIANGLE: _Comptes = (("numerateur", "denominateur", ()),)


def sans_petits(relation: str) -> dict[str, str]:
    """Return what the columns of a relation become, where one of their counts is small.

    {petit} stands for the greatest small count.
    """
    lues = {"valeurs": _VALEURS, "revisions": _REVISIONS, "triangle": _TRIANGLE}
    comptes = lues.get(relation, ())
    return dict(_masques(comptes))


def _masques(comptes: _Comptes) -> Iterator[tuple[str, str]]:
    for n, d, calcules in comptes:
        petit = _petit(n, d, f"({d} - {n})")
        yield from ((nom, f"if({petit}, NULL, {nom})") for nom in (n, *calcules))
        yield d, f"if({_petit(d)}, NULL, {d})"


def _petit(*champs: str) -> str:
    dits = " OR ".join(f"{champ} BETWEEN 1 AND {{petit}}" for champ in champs)
    return f"coalesce({dits}, false)"


def seuil_publie(con: Connexion, *, reglages: bool = True) -> int:
    """Return the count from which a figure may be shared, as a version was published with.

    `reglages` tells if it has a table of settings.
    """
    if reglages:
        lus = con.execute("SELECT valeur FROM reglages WHERE cle = 'seuil_secret'").fetchall()
        if lus:
            return int(lus[0][0])
    return completer_reglages({}).seuil_secret

"""The infocentre of a gestionnaire territorial of the SNE.

    >>> import infocentre
    >>> base = infocentre.ouvrir(dossier)
    >>> base.indicateurs(code="ATT_TARDIVE").columns[:4]
    ['code', 'departement', 'guichet', 'mois']

Light to import: `ouvrir` loads what it needs, `infocentre.api` documents what it returns.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from infocentre.api import Infocentre

__all__ = ["Refus", "__version__", "ouvrir"]
__version__ = "0.5.0"


def ouvrir(dossier: str | PathLike[str] | None = None, *, compte: str | None = None) -> Infocentre:
    """Return what a data directory publishes, as polars frames.

    Without `dossier`: INFOCENTRE_DOSSIER, else ./donnees. With `compte`, the address of an account,
    what that person may see, and no more; without it everything, as who calls may read the files.
    Raise Refus when there is no such directory, nothing is loaded in it, or the account is unknown
    or closed.
    """
    import os
    from pathlib import Path

    from infocentre.acces.comptes import lire_acces
    from infocentre.acces.modele import SEUL
    from infocentre.api import Infocentre
    from infocentre.entrepot import Dossier
    from infocentre.noyau.config import dossier_donnees
    from infocentre.noyau.texte import est_un_texte

    if dossier and not os.path.isdir(str(dossier)):  # noqa: PTH112 - Path raises on a long name
        raise Refus(
            f"« {dossier} » n'est pas un dossier",
            que_faire="Donner celui des données de l'infocentre ; sans rien, INFOCENTRE_DOSSIER.",
        )
    if compte is not None and not est_un_texte(compte):
        raise Refus(f"compte={compte!r} n'est pas un texte", que_faire='Écrire compte="…".')
    racine = Path(dossier).absolute() if dossier else dossier_donnees()
    return Infocentre(Dossier(racine), SEUL if compte is None else lire_acces(racine, compte))

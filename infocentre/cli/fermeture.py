"""Who serves or mends the data takes away the rights that others have on them, and says so."""

from __future__ import annotations

from pathlib import Path

from infocentre.noyau.fichiers import fermer_aux_autres, ouverts
from infocentre.noyau.francais import accorder

OUVERTS = "fichiers ou dossiers des données"


def fermer_les_donnees(racine: Path) -> None:
    """Take away the rights that other accounts of this machine have on the data, and say so."""
    if lisibles := ouverts(racine):
        fermer_aux_autres(lisibles)
        print(
            "Droits ôtés aux autres comptes de cette machine : "
            f"{accorder(len(lisibles), 'fichier ou dossier des données', OUVERTS)}.",
            flush=True,
        )

"""`infocentre contrat`: what a delivery must hold, for who writes it."""

from __future__ import annotations

from infocentre.cli import options as demandes
from infocentre.contrat.publication import PUBLICATIONS
from infocentre.noyau.fichiers import remettre


def contrat(options: demandes.Contrat) -> None:
    """Write the contract in a directory, or show it."""
    une = PUBLICATIONS[options.format]
    if options.sortie is None:
        print(une.ecrire().decode("utf-8-sig"), end="")
        return
    cible = options.sortie / une.fichier
    remettre(cible, une.ecrire(), dossiers=True)
    print(f"Contrat écrit : {cible}")

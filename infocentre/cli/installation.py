"""The command that writes what a machine needs to serve a team."""

from __future__ import annotations

import sys
from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.installation import Reglages, ecrire, ferme
from infocentre.noyau.francais import accorder

DITS = ("donnees", "sauvegardes", "certificat", "cle_certificat", "memoire")


def installer(options: demandes.Installer) -> None:
    """Write the files of an installation, and say which ones."""
    donnes = {nom: un for nom in DITS if (un := getattr(options, nom)) is not None}
    reglages = Reglages(nom=options.nom.lower(), decisions=options.decisions, **donnes)
    ecrits = ecrire(reglages, options.prefixe, remplacer=options.remplacer)
    for chemin in ecrits:
        print(chemin)
    nombre = accorder(len(ecrits), "fichier écrit", "fichiers écrits")
    print(f"{nombre}. La suite : docs/installation.md")
    python = Path(sys.executable)
    if lieu := ferme(python):
        print(
            f"Attention : le compte infocentre ne pourra pas lancer {python.resolve()}, "
            f"{lieu} ne lui est pas ouvert. Refaire l’environnement avec /usr/bin/python3 -m venv."
        )

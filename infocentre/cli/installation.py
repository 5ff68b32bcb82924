"""The command that writes what a machine needs to serve a team."""

from __future__ import annotations

from infocentre.cli import options as demandes
from infocentre.installation import Reglages, ecrire
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

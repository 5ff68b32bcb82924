"""`infocentre doublons`: the demandes that may be of one person."""

from __future__ import annotations

from infocentre.cli import options as demandes
from infocentre.contrat.territoires import normaliser_departement
from infocentre.entrepot import Dossier
from infocentre.identite.paires import Niveau
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.francais import accorder
from infocentre.operations.doublons import Recherche, chercher


def doublons(options: demandes.Doublons) -> None:
    """Search pairs again, and say how many."""
    faites = chercher(
        Dossier(dossier_donnees()),
        departement=options.departement and normaliser_departement(options.departement),
        apprendre=options.apprendre,
        etape=lambda texte: print(f"  {texte}", flush=True),
    )
    if not faites:
        print("Aucune livraison chargée n'a d'identités : il n'y a pas de paire à chercher.")
    for une in faites:
        print(dire(une))


def dire(une: Recherche) -> str:
    """Return the sentence of a search."""
    exactes, foyers, probables = (une.paires[niveau] for niveau in Niveau)
    return (
        f"{une.departement}, données arrêtées au {une.arrete:%d/%m/%Y} : "
        f"{accorder(exactes, 'paire exacte', 'paires exactes')}, "
        f"{accorder(foyers, 'paire de foyer', 'paires de foyer')}, "
        f"{accorder(probables, 'paire probable', 'paires probables')}."
    )

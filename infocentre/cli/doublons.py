"""`infocentre doublons`: the demandes that may be of one person."""

from __future__ import annotations

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.contrat.territoires import normaliser_departement
from infocentre.entrepot import Dossier
from infocentre.exports import Donnees, exporter
from infocentre.identite.paires import Niveau
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.mouvements import A_VERIFIER, COLONNES, DEFINITION, mouvements
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.francais import accorder
from infocentre.operations.doublons import Recherche, chercher


def doublons(options: demandes.Doublons) -> None:
    """Do what is asked of duplicates."""
    faire = {"chercher": _chercher, "mouvements": _mouvements}.get(options.action)
    if faire is not None:
        faire(options)
        return
    from infocentre.cli.revue import revue

    revue(options)


def _mouvements(options: demandes.Doublons) -> None:
    """List the movements of identity, those to verify first."""
    with ouvrir() as v:
        departement = choisir_departement(v.version, departement_voulu(options))
        lignes = mouvements(v, departement)
    donnees = Donnees(
        f"Mouvements d'identité, {departement}",
        ("a_verifier", *COLONNES),
        [("oui" if une.a_verifier else "", *une.valeurs) for une in lignes],
        note=f"{DEFINITION}\n{A_VERIFIER}",
        titres={"a_verifier": "à vérifier"} | COLONNES,
    )
    exporter(donnees, options.format, options.sortie)


def _chercher(options: demandes.Doublons) -> None:
    """Search pairs again, and say how many."""
    faites = chercher(
        Dossier(dossier_donnees()),
        departements=None
        if options.departement is None
        else [normaliser_departement(options.departement)],
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

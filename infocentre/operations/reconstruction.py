"""Reconstruire: the warehouse again, from the archives and the journal of publications alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from infocentre.catalogue import Catalogue
from infocentre.entrepot import Brouillon, Controle, Dossier, Livraison, Publication, Version
from infocentre.entrepot.dossier import lire_journal
from infocentre.entrepot.etats import calculer_etat, calculer_solde, creer_soldes
from infocentre.entrepot.parcours import calculer_parcours
from infocentre.erreurs import Refus
from infocentre.mesures import (
    Reglages,
    assembler_comptes,
    calculer_valeurs,
    compter,
    ecrire_regles,
    populations,
)
from infocentre.operations.chargement import maintenant
from infocentre.operations.controle import TRAVAIL, Travail


def reconstruire(dossier: Dossier, etape: Callable[[str], None]) -> Version:
    """Replay every publication into a new version; each control with the catalogue it used."""
    with dossier.ecrire():
        publication = Publication(dossier)
        journal = [une for une in lire_journal(dossier.journal) if une["type"] in REJOUER]
        if not journal:
            raise Refus(
                "le journal des publications est vide : il n'y a rien à reconstruire",
                str(dossier.journal),
                "Charger une livraison : infocentre charger LIVRAISON.",
            )
        brouillon = publication.brouillon(vide=True)
        for evenement in journal:
            REJOUER[evenement["type"]](dossier, brouillon, evenement)
        etape(f"{len(journal)} publications rejouées")
        _finir(dossier, brouillon)
        return publication.publier(brouillon, {"type": "reconstruction", "le": maintenant()})


def _rejouer_chargement(dossier: Dossier, brouillon: Brouillon, evenement: dict[str, Any]) -> None:
    livraison = Livraison(
        departement=evenement["departement"],
        arrete=evenement["arrete"],
        empreinte=evenement["empreinte"],
        nom=evenement["nom"],
        chargee_le=evenement["le"],
    )
    if not dossier.archive(livraison).is_dir():
        raise Refus(
            f"l'archive de l'arrêté {livraison.arrete} n'est plus là",
            str(dossier.archive(livraison)),
            "La remettre depuis une sauvegarde, puis recommencer.",
        )
    brouillon.version = brouillon.version.avec(livraison)


def rejouer_controle(dossier: Dossier, brouillon: Brouillon, evenement: dict[str, Any]) -> None:
    """Compute again what a control computed, with the catalogue and settings that it used."""
    fichier = dossier.catalogues / f"{evenement['catalogue']}.json"
    if not fichier.exists():
        raise Refus(
            "un catalogue dont le journal a besoin n'est plus là",
            str(fichier),
            "Le remettre depuis une sauvegarde, puis recommencer.",
        )
    catalogue = Catalogue.depuis_json(fichier.read_text("utf-8"))
    cibles = [
        une
        for departement, arrete, _ in evenement["mois"]
        if (une := brouillon.version.trouver(departement, arrete[:7]))
    ]
    controle = Controle(evenement["catalogue"], evenement["le"])
    reglages = Reglages.model_validate(evenement["reglages"])
    travail = Travail(dossier, brouillon, catalogue, cibles, controle, reglages)
    travail.preparer()
    with brouillon.connexion() as con:
        for instruction in travail.relations():
            con.execute(instruction)
        ecrire_regles(con, catalogue)
        for population in populations(catalogue):
            compter(con, catalogue, population)
        assembler_comptes(con, catalogue)
        calculer_valeurs(con)
        travail.publier(con, lambda _: None)


REJOUER: dict[str, Callable[[Dossier, Brouillon, dict[str, Any]], None]] = {
    "chargement": _rejouer_chargement,
    "controle": rejouer_controle,
}


def _finir(dossier: Dossier, brouillon: Brouillon) -> None:
    """Compute once what depends on the last state only: balances, states and lives."""
    with brouillon.connexion() as con:
        creer_soldes(con)
        for departement in brouillon.version.departements:
            suite = brouillon.version.de(departement)
            for avant, apres in pairwise(suite):
                calculer_solde(con, dossier, avant, apres)
        for table in TRAVAIL:
            con.execute(f"DROP TABLE IF EXISTS {table}")
        con.execute("CHECKPOINT")
    etats = {
        departement: calculer_etat(dossier, brouillon.version, departement, refaire=True)
        for departement in brouillon.version.departements
    }
    brouillon.version = replace(brouillon.version, etats=etats)
    for departement in etats:
        calculer_parcours(dossier, brouillon.version, departement, refaire=True)

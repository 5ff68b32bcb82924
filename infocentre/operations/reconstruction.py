"""Reconstruire: the warehouse again, from the archives and the journal of publications alone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from infocentre.catalogue import Catalogue
from infocentre.entrepot import Brouillon, Controle, Dossier, Livraison, Publication, Version
from infocentre.entrepot.description import Description
from infocentre.entrepot.etats import calculer_etat, calculer_solde, creer_soldes
from infocentre.entrepot.evenements import Evenement
from infocentre.entrepot.parcours import calculer_parcours
from infocentre.entrepot.publication import publication_possible, version_connue
from infocentre.entrepot.retrouvailles import (
    en_vigueur,
    evenement_chargement,
    evenements_manquants,
    ordonner,
    utiles,
)
from infocentre.entrepot.sceaux import (
    DESCRIPTION,
    cle_archive,
    dommages_archive,
    juges,
    sceaux_du_journal,
    texte_catalogue,
)
from infocentre.mesures import (
    assembler_comptes,
    calculer_valeurs,
    completer_reglages,
    compter,
    ecrire_regles,
    lire_reglages,
    populations,
)
from infocentre.mesures.objectifs import Objectif
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import empreintes, sha256
from infocentre.noyau.temps import maintenant
from infocentre.operations.chargement import confirmation
from infocentre.operations.controle import TRAVAIL, Travail

Etape = Callable[[str], None]


def reconstruire(dossier: Dossier, etape: Etape) -> Version:
    """Replay every publication into a new version; each control with the catalogue it used."""
    with dossier.ecrire():
        return rejouer(publication_possible(dossier), etape)


def rejouer(publication: Publication, etape: Etape, evenement: Evenement | None = None) -> Version:
    """Replay the journal, completed by what a version or the archives know, and publish.

    `evenement` is what the journal does not have yet, and what the version is published as.

    Raises:
        Refus: there is nothing to replay, or what is in force cannot be read again.
    """
    dossier = publication.dossier
    retrouves = _retrouver(dossier)
    if retrouves:
        etape(f"{len(retrouves)} publications retrouvées hors du journal")
    for retrouve in retrouves:
        dossier.ajouter_ligne(dossier.journal, retrouve)
    journal = ordonner(dossier.publications())
    journal = utiles([*journal, evenement] if evenement else journal)
    journal = [une for une in journal if une["type"] in REJOUER]
    if not journal:
        raise Refus(
            "le journal des publications est vide : il n'y a rien à reconstruire",
            str(dossier.journal),
            "Charger une livraison : infocentre charger LIVRAISON.",
        )
    reprise = Reprise(dossier, publication.brouillon(vide=True), publication.version, etape)
    reprise.suivre(journal)
    etape(f"{len(journal)} publications rejouées")
    _finir(dossier, reprise.brouillon)
    fin = evenement or {"type": "reconstruction", "le": maintenant()}
    return publication.publier(reprise.brouillon, fin)


def _retrouver(dossier: Dossier) -> list[Evenement]:
    """Return the events that the journal lost: a version knows them, else the archives."""
    journal = dossier.publications()
    connue = version_connue(dossier)
    if connue and connue.numero:
        return evenements_manquants(connue, journal)
    numeros = {une["version"] for une in journal}
    if numeros and numeros >= set(range(1, max(numeros) + 1)):
        return []
    presents = {(une["departement"], une["arrete"]) for une in journal if "arrete" in une}
    return [
        {"version": 0, **evenement_chargement(une, None), "retrouve": True}
        for une in _livraisons_archivees(dossier)
        if une.cle not in presents
    ]


def _livraisons_archivees(dossier: Dossier) -> Iterator[Livraison]:
    """Return what the archives hold, one content per arrêté: the one that was written last."""
    dernieres = {
        (archive.parent.parent.name, archive.parent.name): archive
        for archive in sorted(
            (un for un in dossier.toutes_archives() if (un / DESCRIPTION).exists()),
            key=lambda un: (un / DESCRIPTION).stat().st_mtime,
        )
    }
    for (departement, arrete), archive in dernieres.items():
        fichier = archive / DESCRIPTION
        le = dt.datetime.fromtimestamp(fichier.stat().st_mtime, dt.UTC)
        try:
            decrite: Description = json.loads(fichier.read_text("utf-8"))
            nom = decrite["nom"]
            raison = confirmation(archive)
        except (ValueError, KeyError, TypeError):
            nom, raison = arrete[:7], ""
        yield Livraison(
            departement,
            arrete,
            archive.name,
            nom,
            le.isoformat(timespec="seconds"),
            sceau=sha256(fichier),
            confirmation=raison,
        )


@dataclass(slots=True)
class Reprise:
    """What replaying needs to know: the version in the making, and the one published before."""

    dossier: Dossier
    brouillon: Brouillon
    publiee: Version
    etape: Etape

    def suivre(self, journal: list[Evenement]) -> None:
        """Replay events; a damaged content that another one replaced since is passed over."""
        sceaux, fin = sceaux_du_journal(self.dossier), en_vigueur(journal)
        for evenement in journal:
            if evenement["type"] == "controle":
                rejouer_controle(self.dossier, self.brouillon, evenement)
                continue
            if evenement["type"] == "chargement":
                livraison = _livraison(evenement)
                livraison = replace(livraison, sceau=sceaux.get(cle_archive(livraison), ""))
                dommages = dommages_archive(self.dossier, livraison, juges())
                if dommages and fin.get(livraison.cle) == livraison.empreinte:
                    raise dommages[0].refus(len(dommages) - 1)
                if dommages:
                    self._sauter(livraison)
                else:
                    self.brouillon.version = self.brouillon.version.avec(livraison)

    def _sauter(self, livraison: Livraison) -> None:
        """Go on without a content; what it had in anomaly stays when it is what was written."""
        self.etape(
            f"« {livraison.nom} » ({livraison.mois}) : archive abîmée, remplacée depuis : sautée, "
            "avec les révisions qu'elle expliquait"
        )
        dossier = self.dossier.constats / livraison.departement / livraison.mois
        fichiers = list(dossier.glob(f"{livraison.empreinte[:16]}-*.parquet"))
        for fichier, sceau in empreintes(fichiers).items():
            nom = str(fichier.relative_to(self.dossier.racine))
            if sceau and self.publiee.sceaux.get(nom) == sceau:
                self.brouillon.version = self.brouillon.version.scellee({nom: sceau})
            else:
                fichier.unlink(missing_ok=True)


def _livraison(evenement: Evenement) -> Livraison:
    return Livraison(
        departement=evenement["departement"],
        arrete=evenement["arrete"],
        empreinte=evenement["empreinte"],
        nom=evenement["nom"],
        chargee_le=evenement["le"],
        confirmation=evenement.get("confirmation", ""),
    )


def rejouer_controle(dossier: Dossier, brouillon: Brouillon, evenement: Evenement) -> None:
    """Compute again what a control computed, with the catalogue and settings that it used."""
    cibles = [
        une
        for departement, arrete, empreinte in evenement["mois"]
        if (une := brouillon.version.trouver(departement, arrete[:7]))
        and empreinte in {"", une.empreinte}
    ]
    if not cibles:
        return
    catalogue = _catalogue(dossier, brouillon, evenement["catalogue"])
    controle = Controle(evenement["catalogue"], evenement["le"])
    reglages = lire_reglages()
    if "reglages" in evenement:
        reglages = completer_reglages(evenement["reglages"])
    objectifs = [Objectif.model_validate(un) for un in evenement.get("objectifs", ())]
    travail = Travail(dossier, brouillon, catalogue, cibles, controle, reglages, objectifs)
    with brouillon.connexion() as con:
        travail.preparer(con)
        for instruction in travail.relations():
            con.execute(instruction)
        ecrire_regles(con, catalogue)
        for population in populations(catalogue):
            compter(con, catalogue, population)
        assembler_comptes(con, catalogue)
        calculer_valeurs(con)
        travail.publier(con, lambda _: None)


def _catalogue(dossier: Dossier, brouillon: Brouillon, empreinte: str) -> Catalogue:
    """Return a catalogue that was kept; the version in the making rests on it."""
    texte = texte_catalogue(dossier, empreinte)
    brouillon.ecrits.add(dossier.catalogues / f"{empreinte}.json")
    return Catalogue.depuis_json(texte)


REJOUER = {"chargement", "controle", "retrait"}


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
            departement: calculer_etat(con, dossier, brouillon, departement)
            for departement in brouillon.version.departements
        }
        brouillon.version = replace(brouillon.version, etats=etats)
        for departement in etats:
            calculer_parcours(con, dossier, brouillon, departement)

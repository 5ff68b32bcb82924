"""Charger: from deliveries to a published version, one after the other."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from infocentre.entrepot import Brouillon, Dossier, Livraison, Publication, Version
from infocentre.entrepot.etats import calculer_etat, calculer_solde, creer_soldes
from infocentre.entrepot.parcours import calculer_parcours
from infocentre.erreurs import Refus
from infocentre.livraisons.comparaison import comparer_archives
from infocentre.livraisons.depot import Depot, ouvrir_depot, reconnaitre
from infocentre.livraisons.reception import Avancement, recevoir
from infocentre.operations.purge import effacer_dans, jour_de_la_derniere_purge
from infocentre.texte import imprimable, nom_sur

IDENTITES = "identites.parquet"


@dataclass(frozen=True, slots=True)
class Chargement:
    """What loading one delivery did: its description, what it replaced and what that changed."""

    description: dict[str, Any]
    deja_chargee: bool
    remplace: str | None = None
    changements: dict[str, Any] | None = None
    solde: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Demande:
    """What a person asks to load: the path, and the options that complete it."""

    chemins: tuple[Path, ...]
    arrete: str | None = None
    departement: str | None = None


def charger(dossier: Dossier, demande: Demande, avancement: Avancement) -> Iterator[Chargement]:
    """Load each delivery and publish it on its own; the first refusal stops, the earlier stay."""
    with dossier.ecrire():
        publication = Publication(dossier)
        _refuser_meme_arrete(dossier, demande)
        for rang, chemin in enumerate(demande.chemins):
            atelier = dossier.temporaire / str(rang)
            atelier.mkdir()
            with _refus_note(dossier, chemin), dossier.manque_de_place():
                depot = ouvrir_depot(chemin, atelier, demande.arrete, demande.departement)
                chargement = _charger(publication, depot, atelier, avancement)
            shutil.rmtree(atelier)
            yield chargement


@contextlib.contextmanager
def _refus_note(dossier: Dossier, chemin: Path) -> Iterator[None]:
    """Keep the memory of a refused delivery, outside any version."""
    try:
        yield
    except Refus as refus:
        with contextlib.suppress(OSError):
            dossier.ajouter_ligne(
                dossier.refus,
                {
                    "le": maintenant(),
                    "livraison": nom_sur(chemin.name),
                    "motif": imprimable(str(refus)),
                },
            )
        raise


def maintenant() -> str:
    """Return the moment in ISO 8601, UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _refuser_meme_arrete(dossier: Dossier, demande: Demande) -> None:
    """Refuse two deliveries of one arrêté in one command, before any is read."""
    if len(demande.chemins) < 2:  # noqa: PLR2004
        return
    vues: dict[tuple[str, dt.date], Path] = {}
    for rang, chemin in enumerate(demande.chemins):
        with contextlib.suppress(Refus):
            _, _, cle, arrete = reconnaitre(
                chemin, dossier.temporaire / f"r{rang}", demande.arrete, demande.departement
            )
            if (cle, arrete) in vues:
                break
            vues[cle, arrete] = chemin
    else:
        return
    raise Refus(
        f"deux livraisons du même arrêté ({arrete:%d/%m/%Y}) dans une commande : "
        f"{vues[cle, arrete]} et {chemin}",
        que_faire="Charger seulement celle qui est bonne.",
    )


def _charger(
    publication: Publication, depot: Depot, atelier: Path, avancement: Avancement
) -> Chargement:
    dossier = publication.dossier
    livraison = Livraison(
        departement=depot.departement,
        arrete=depot.arrete.isoformat(),
        empreinte=depot.empreinte,
        nom=depot.nom,
        chargee_le=maintenant(),
    )
    archive = dossier.archive(livraison)
    ancienne = dossier.version().trouver(livraison.departement, livraison.mois)
    if ancienne and ancienne.empreinte == livraison.empreinte:
        return Chargement(_description(archive), deja_chargee=True)
    if not archive.exists():
        recevoir(depot, atelier / "archive", atelier, avancement)
        _ranger(dossier, livraison, atelier / "archive")
    brouillon = publication.brouillon()
    solde = appliquer_chargement(dossier, brouillon, livraison)
    publication.publier(brouillon, evenement_chargement(livraison, ancienne))
    changements = comparer_archives(dossier.archive(ancienne), archive) if ancienne else None
    return Chargement(
        _description(archive),
        deja_chargee=False,
        remplace=ancienne.empreinte if ancienne else None,
        changements=changements,
        solde=solde,
    )


def _description(archive: Path) -> dict[str, Any]:
    contenu: dict[str, Any] = json.loads((archive / "livraison.json").read_text("utf-8"))
    return contenu


def _ranger(dossier: Dossier, livraison: Livraison, recue: Path) -> None:
    """Put the names apart, then the archive in its place: it is there whole, or not at all."""
    purge = jour_de_la_derniere_purge(dossier)
    if purge:
        effacer_dans(dossier, livraison.departement, [recue], purge)
    if (recue / IDENTITES).exists():
        noms = dossier.nominatif / livraison.departement / livraison.arrete
        noms.mkdir(parents=True, exist_ok=True)
        os.chmod(dossier.nominatif, 0o700)  # noqa: PTH101
        cible = noms / f"{livraison.empreinte}.parquet"
        (recue / IDENTITES).chmod(0o600)
        (recue / IDENTITES).replace(cible)
    archive = dossier.archive(livraison)
    archive.parent.mkdir(parents=True, exist_ok=True)
    recue.rename(archive)


def evenement_chargement(livraison: Livraison, ancienne: Livraison | None) -> dict[str, Any]:
    """Return the journal's entry of a loading."""
    return {
        "type": "chargement",
        "le": livraison.chargee_le,
        "departement": livraison.departement,
        "arrete": livraison.arrete,
        "empreinte": livraison.empreinte,
        "nom": livraison.nom,
        "remplace": ancienne.empreinte if ancienne else None,
    }


def appliquer_chargement(
    dossier: Dossier, brouillon: Brouillon, livraison: Livraison
) -> dict[str, Any] | None:
    """Put a delivery into a version in the making; return its balance, None for a first arrêté."""
    avant = brouillon.version
    brouillon.version = avant.avec(livraison)
    suite = brouillon.version.de(livraison.departement)
    with brouillon.connexion() as con:
        creer_soldes(con)
        _calculer_soldes(con, dossier, suite, suite.index(livraison))
        solde = lire_solde(con, livraison)
    precedent = _etat_precedent(dossier, avant, suite, livraison)
    etat = calculer_etat(dossier, brouillon.version, livraison.departement, precedent)
    brouillon.version = replace(
        brouillon.version, etats={**brouillon.version.etats, livraison.departement: etat}
    )
    calculer_parcours(dossier, brouillon.version, livraison.departement, precedent)
    return solde


def _calculer_soldes(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, suite: list[Livraison], rang: int
) -> None:
    """Balance the delivery with the arrêté before it, and the next one again with it."""
    for apres in (rang, rang + 1):
        if 0 < apres < len(suite):
            calculer_solde(con, dossier, suite[apres - 1], suite[apres])


def _etat_precedent(
    dossier: Dossier, avant: Version, suite: list[Livraison], livraison: Livraison
) -> Path | None:
    """Return the state that the newest delivery only completes, when that is what it is."""
    etat = avant.etats.get(livraison.departement)
    nouvelle = avant.trouver(livraison.departement, livraison.mois) is None
    if etat and nouvelle and suite[-1] == livraison:
        return dossier.etats / etat
    return None


def lire_solde(con: duckdb.DuckDBPyConnection, livraison: Livraison) -> dict[str, Any] | None:
    """Return the balance of an arrêté by its terms, None for the first of a département."""
    curseur = con.execute(
        f"SELECT * FROM soldes WHERE departement = '{livraison.departement}' "
        f"AND arrete = DATE '{livraison.arrete}'"
    )
    colonnes = [colonne[0] for colonne in curseur.description or []]
    ligne = curseur.fetchone()
    return dict(zip(colonnes, ligne, strict=True)) if ligne else None

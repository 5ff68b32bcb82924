"""Correspondances in use: those that people adopted, kept in the data folder, and those shipped.

    correspondances/<source>-<version>.yml    never written again; temoins.json has its sha256

Of one source the newest version is in use. An archive has the whole of the one that read it.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

from infocentre.correspondances.ecrits import empreinte, exiger_complete, lire, texte
from infocentre.correspondances.modele import Correspondance
from infocentre.noyau import temoins
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, sha256

SOUS_DOSSIER = "correspondances"
LIVREES = ("gip-sne-1.yml",)
ABSENTE, CHANGEE = "cette correspondance n'est plus là", "cette correspondance a été changée"
REPRENDRE = (
    "La reprendre d'une sauvegarde (infocentre reparer --sauvegarde DOSSIER), ou adopter la "
    "nouvelle : infocentre correspondance adopter."
)


def dossier_des_correspondances(racine: Path) -> Path:
    """Return where those that people adopted are."""
    return racine / SOUS_DOSSIER


def adopter(racine: Path, correspondance: Correspondance, auteur: str, le: dt.date) -> Path:
    """Keep a correspondance as the newest version of its source; return its file.

    One that says the same as the version in use is not kept twice.

    Raises:
        Refus: no delivery could be read by it.
    """
    exiger_complete(correspondance)
    derniere = next((une for une in en_usage(racine) if une.source == correspondance.source), None)
    if derniere and empreinte(derniere) == empreinte(correspondance):
        return chemin_de(racine, derniere)
    version = derniere.version + 1 if derniere else 1
    adoptee = replace(correspondance, version=version, auteur=auteur, le=le)
    fichier = dossier_des_correspondances(racine) / f"{adoptee.nom}.yml"
    fichier.parent.mkdir(parents=True, exist_ok=True)
    ecrire(fichier, texte(adoptee))
    tenir(racine, [fichier])
    return fichier


def tenir(racine: Path, fichiers: list[Path]) -> None:
    """Take these files for what was adopted."""
    tenues = temoins.lire(racine).get("correspondances", {})
    neuves = {fichier.name: sha256(fichier) for fichier in fichiers}
    temoins.noter(racine, {"correspondances": {**tenues, **neuves}})


def chemin_de(racine: Path, correspondance: Correspondance) -> Path:
    """Return the file of a correspondance in use."""
    nom = f"{correspondance.nom}.yml"
    adoptee = dossier_des_correspondances(racine) / nom
    return adoptee if adoptee.exists() or nom not in LIVREES else _livree(nom)


def en_usage(racine: Path) -> list[Correspondance]:
    """Return the newest version of each source, those adopted first; raise Refus for a damaged one.

    A source that a person adopted stands before the one of that name that is shipped.
    """
    if vues := list(fautes(racine)):
        fichier, quoi = vues[0]
        raise Refus(quoi, str(fichier), REPRENDRE)
    lues = [lire(fichier) for fichier in adoptees(racine)]
    toutes = [*lues, *(livree(nom) for nom in LIVREES)]
    dernieres: dict[str, Correspondance] = {}
    for une in toutes:
        connue = dernieres.get(une.source)
        if connue is None or connue.version < une.version:
            dernieres[une.source] = une
    return list(dernieres.values())


def trouver(racine: Path, nom: str) -> Correspondance:
    """Return a correspondance by its name, `source` or `source-version`; raise Refus."""
    connues = [*(lire(fichier) for fichier in adoptees(racine)), *map(livree, LIVREES)]
    siennes = [une for une in connues if nom in {une.nom, une.source}]
    if not siennes:
        dites = ", ".join(sorted({une.nom for une in connues}))
        raise Refus(
            f"aucune correspondance ne s'appelle « {nom} »",
            que_faire=f"Celles qui sont connues : {dites}.",
        )
    return max(siennes, key=lambda une: une.version)


def fautes(racine: Path) -> Iterator[tuple[Path, str]]:
    """Yield the adopted files that went, or are not what was adopted."""
    tenues = temoins.lire(racine).get("correspondances", {})
    dossier = dossier_des_correspondances(racine)
    for nom, sceau in sorted(tenues.items()):
        fichier = dossier / nom
        if not fichier.is_file():
            yield fichier, ABSENTE
        elif sha256(fichier) != sceau:
            yield fichier, CHANGEE
    for fichier in adoptees(racine):
        if fichier.name not in tenues:
            yield fichier, "cette correspondance n'a été adoptée par personne"


def adoptees(racine: Path) -> list[Path]:
    """Return the files of the correspondances that people adopted."""
    return sorted(dossier_des_correspondances(racine).glob("*.yml"))


def _livree(nom: str) -> Path:
    return Path(str(resources.files("infocentre.correspondances").joinpath(nom)))


@functools.cache
def livree(nom: str) -> Correspondance:
    """Return a correspondance that is part of the package."""
    return lire(_livree(nom))

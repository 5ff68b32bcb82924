"""All the papers of a period: a directory that appears whole, with its manifest, or not."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, as_completed, wait
from dataclasses import dataclass, replace
from pathlib import Path

from infocentre.exports import sans_formule
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import refus_d_ecriture, sha256
from infocentre.noyau.formats import ecrivain_csv
from infocentre.noyau.francais import majuscule
from infocentre.noyau.ouvriers import PROCESSUS, ouvriers, rendu
from infocentre.restitutions import gestion_en_flux, mots
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import Former, imprimer
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import Partenaire, cle
from infocentre.restitutions.registre import DOCUMENTS

MANIFESTE = "manifeste.csv"
D_AVANCE = 2 * PROCESSUS
ENTETES = ("destinataire", "genre", "fichier", "sha256", "version_donnees", "arrete", "diffusion")


@dataclass(frozen=True, slots=True)
class Envoi:
    """All the papers of an edition of a semester, or of a year: in what form, where."""

    edition: Edition
    semestre: str
    annee: str
    forme: str
    former: Former
    sortie: Path

    def fichier(self, un: Papier) -> str:
        """Return the name of a file."""
        periode = self.semestre or self.annee
        return f"{un.document}-{self.edition.departement}-{periode}-{un.cle}.{self.forme}"


@dataclass(frozen=True, slots=True)
class Papier:
    """A paper to print: whom it is for, and what it is of: a partner, or a bailleur by SIREN."""

    nom: str
    genre: str
    document: str
    cle: str
    de: Partenaire | str
    diffusion: tuple[str, ...] = ()


def dossier_des_bilans(racine: Path, departement: str, periode: str) -> Path:
    """Return where the bilans of all the partners of a period are printed, unless told."""
    return racine / "restitutions" / f"bilans-{departement}-{periode}"


@dataclass(frozen=True, slots=True)
class Imprime:
    """A paper of a manifest: whom it is for, its file, by its sha256, to which addresses."""

    destinataire: str
    genre: str
    fichier: Path
    sha256: str
    diffusion: tuple[str, ...]


def imprimes(dossier: Path) -> list[Imprime]:
    """Return the papers of a directory that was printed; raise Refus when it is not whole."""
    chemin = dossier / MANIFESTE
    if not chemin.is_file():
        raise Refus(
            "les bilans des partenaires ne sont pas imprimés",
            str(dossier),
            "infocentre bilan AAAA-S1 --tous",
        )
    lignes = csv.DictReader(io.StringIO(chemin.read_text("utf-8-sig")), delimiter=";")
    lus = [
        Imprime(
            une["destinataire"],
            une["genre"],
            dossier / une["fichier"],
            une["sha256"],
            tuple(une["diffusion"].split()),
        )
        for une in lignes
    ]
    for un in lus:
        if not un.fichier.is_file() or sha256(un.fichier) != un.sha256:
            quoi = "ce fichier manque, ou n'est plus celui du manifeste"
            raise Refus(quoi, str(un.fichier), "Imprimer de nouveau : infocentre bilan --tous.")
    return lus


def des_partenaires(liste: Sequence[Partenaire]) -> list[Papier]:
    """Return the bilan of each partner."""
    return [Papier(un.nom, un.genre, "bilan", un.cle, un, un.diffusion) for un in liste]


def en_flux(edition: Edition, bailleur: str | None = None) -> list[Papier]:
    """Return the bilan of each flux on which a bailleur, or each one, attributed something.

    Raises:
        Refus: this is no bailleur; nothing was attributed by any.
    """
    connus = gestion_en_flux.bailleurs(edition)
    if bailleur is not None:
        connus = dict([gestion_en_flux.bailleur(edition, bailleur)])
    papiers = [
        Papier(
            f"{majuscule(gestion_en_flux.RESERVATAIRES[flux].nom)} ({nom})",
            flux,
            flux,
            cle(nom),
            siren,
        )
        for siren, nom in connus.items()
        for flux in gestion_en_flux.tenus(edition, siren)
    ]
    if not papiers:
        raise Refus(
            f"aucune attribution de cette année n'est réservée ({edition.periode.lower()})",
            que_faire="Choisir une autre année, ou un autre bailleur.",
        )
    return papiers


def envoyer(envoi: Envoi, liste: Sequence[Papier], avancer: Callable[[str], None]) -> Path:
    """Print papers in a directory that replaces the one before; return it.

    Raises:
        Refus: one of them cannot be printed; the directory is left as it was.
    """
    _exiger_un_envoi(envoi.sortie)
    if envoi.semestre:
        mots.exiger(envoi.edition.v.dossier.racine, envoi.semestre)
    partiel = envoi.sortie.with_name(f".{envoi.sortie.name}.partiel")
    shutil.rmtree(partiel, ignore_errors=True)
    try:
        with refus_d_ecriture(envoi.sortie, "Choisir un autre dossier."):
            partiel.mkdir(parents=True)
            empreintes = _imprimer(replace(envoi, sortie=partiel), liste, avancer)
            (partiel / MANIFESTE).write_text(_manifeste(envoi, liste, empreintes), "utf-8")
            _remplacer(partiel, envoi.sortie)
    finally:
        shutil.rmtree(partiel, ignore_errors=True)
    return envoi.sortie


def _imprimer(
    envoi: Envoi, liste: Sequence[Papier], avancer: Callable[[str], None]
) -> dict[str, str]:
    """Print each paper, the longest first, in two processes; return the sha256 by file.

    This one reads, once for all of them, and is a few papers ahead of those that print.
    """
    atelier = Atelier(envoi.edition)
    empreintes: dict[str, str] = {}
    taches: dict[Future[str], Papier] = {}

    def recueillir(finies: Iterable[Future[str]]) -> None:
        for tache in finies:
            un = taches.pop(tache)
            empreintes[envoi.fichier(un)] = rendu(tache)
            avancer(un.nom)

    with ouvriers(len(liste)) as processus:
        for un in sorted(liste, key=lambda un: un.genre in {"organisme", "collectivite"}):
            document, fichier = _construire(un, atelier), envoi.sortie / envoi.fichier(un)
            taches[processus.submit(imprimer, envoi.former, document, fichier)] = un
            if len(taches) > D_AVANCE:
                recueillir(wait(taches, return_when=FIRST_COMPLETED).done)
        recueillir(as_completed(list(taches)))
    return empreintes


def _construire(un: Papier, atelier: Atelier) -> Document:
    if isinstance(un.de, str):
        return DOCUMENTS[un.document].construire(atelier.edition, un.de)
    return atelier.construire(un.de)


def _manifeste(envoi: Envoi, liste: Sequence[Papier], empreintes: Mapping[str, str]) -> str:
    texte, de = io.StringIO(), envoi.edition
    lignes = ecrivain_csv(texte)
    lignes.writerow(ENTETES)
    for un in liste:
        nom, diffusion = sans_formule(un.nom), " ".join(un.diffusion)
        fichier = envoi.fichier(un)
        lignes.writerow(
            (nom, un.genre, fichier, empreintes[fichier], de.version, de.arrete, diffusion)
        )
    return texte.getvalue()


def _remplacer(partiel: Path, sortie: Path) -> None:
    """Put a finished directory in place of the one before, which only holds an earlier sending."""
    _exiger_un_envoi(sortie)
    ancien = sortie.with_name(f".{sortie.name}.ancien")
    shutil.rmtree(ancien, ignore_errors=True)
    if sortie.exists():
        sortie.rename(ancien)
    partiel.rename(sortie)
    shutil.rmtree(ancien, ignore_errors=True)


def _exiger_un_envoi(sortie: Path) -> None:
    """Raise Refus when what is to be replaced is something else than an earlier sending."""
    vide = sortie.is_dir() and not any(sortie.iterdir())
    if sortie.exists() and not vide and not (sortie / MANIFESTE).is_file():
        raise Refus(
            "ce dossier n'est ni vide, ni un envoi précédent",
            str(sortie),
            "Choisir un autre dossier avec --sortie.",
        )

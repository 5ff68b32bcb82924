"""The bilans of all partners: a directory that appears whole, with its manifest, or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from infocentre.acces.perimetre import Perimetre
from infocentre.entrepot import Dossier
from infocentre.exports import sans_formule
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import refus_d_ecriture
from infocentre.noyau.formats import ecrivain_csv
from infocentre.restitutions import lecture, mots
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.document import Document
from infocentre.restitutions.imprimeurs import imprimeurs, rendu
from infocentre.restitutions.partenaires import Partenaire

MANIFESTE = "manifeste.csv"
ENTETES = ("destinataire", "genre", "fichier", "sha256", "version_donnees", "arrete", "diffusion")

Former = Callable[[Document], bytes]


@dataclass(frozen=True, slots=True)
class Envoi:
    """All the bilans of a semester: which, in what form, where."""

    racine: Path
    perimetre: Perimetre
    departement: str
    semestre: str
    version: int
    forme: str
    former: Former
    sortie: Path

    def fichier(self, un: Partenaire) -> str:
        """Return the name of a partner's file."""
        return f"bilan-{self.departement}-{self.semestre}-{un.cle}.{self.forme}"


def envoyer(
    envoi: Envoi, liste: Sequence[Partenaire], arrete: str, avancer: Callable[[str], None]
) -> Path:
    """Print the bilans of all partners in a directory that replaces the one before; return it.

    Raises:
        Refus: one of them cannot be printed; the directory is left as it was.
    """
    _exiger_un_envoi(envoi.sortie)
    mots.exiger(envoi.racine, envoi.semestre)
    partiel = envoi.sortie.with_name(f".{envoi.sortie.name}.partiel")
    shutil.rmtree(partiel, ignore_errors=True)
    try:
        with refus_d_ecriture(envoi.sortie, "Choisir un autre dossier."):
            partiel.mkdir(parents=True)
            empreintes = _imprimer(replace(envoi, sortie=partiel), liste, avancer)
            manifeste = _manifeste(envoi, liste, empreintes, arrete)
            (partiel / MANIFESTE).write_text(manifeste, "utf-8")
            _remplacer(partiel, envoi.sortie)
    finally:
        shutil.rmtree(partiel, ignore_errors=True)
    return envoi.sortie


def _imprimer(
    envoi: Envoi, liste: Sequence[Partenaire], avancer: Callable[[str], None]
) -> dict[str, str]:
    """Print each bilan, the longest first, in two processes; return the sha256 by key."""
    empreintes: dict[str, str] = {}
    ordre = sorted(liste, key=lambda un: un.genre in {"organisme", "collectivite"})
    with imprimeurs(len(liste), _ouvrir, envoi) as processus:
        taches = {processus.submit(_imprimer_un, un): un for un in ordre}
        for tache in as_completed(taches):
            un = taches[tache]
            empreintes[un.cle] = rendu(tache)
            avancer(un.nom)
    return empreintes


_OUVERT: dict[str, tuple[Envoi, Atelier]] = {}
_TENUE = contextlib.ExitStack()


def _ouvrir(envoi: Envoi) -> None:
    """Open the published version for the life of a process."""
    v = _TENUE.enter_context(lecture.ouvrir(Dossier(envoi.racine), envoi.perimetre))
    edition = lecture.du_semestre(v, envoi.semestre, envoi.departement)
    _OUVERT["ici"] = (envoi, Atelier(edition))


def _imprimer_un(un: Partenaire) -> str:
    envoi, atelier = _OUVERT["ici"]
    if atelier.edition.version != envoi.version:
        raise Refus("une autre version des données vient d'être publiée", que_faire="Recommencer.")
    octets = envoi.former(atelier.construire(un))
    (envoi.sortie / envoi.fichier(un)).write_bytes(octets)
    return hashlib.sha256(octets).hexdigest()


def _manifeste(
    envoi: Envoi, liste: Sequence[Partenaire], empreintes: Mapping[str, str], arrete: str
) -> str:
    texte = io.StringIO()
    lignes = ecrivain_csv(texte)
    lignes.writerow(ENTETES)
    for un in liste:
        nom, diffusion = sans_formule(un.nom), " ".join(un.diffusion)
        lignes.writerow(
            (nom, un.genre, envoi.fichier(un), empreintes[un.cle], envoi.version, arrete, diffusion)
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
    if sortie.exists() and not (sortie / MANIFESTE).is_file():
        raise Refus(
            "ce dossier existe et n'est pas un envoi précédent",
            str(sortie),
            "Choisir un autre dossier avec --sortie.",
        )

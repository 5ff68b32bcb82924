"""The commands that print: built from the published version, written once it is closed."""

from __future__ import annotations

from pathlib import Path

from infocentre.cli import envois
from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.restitutions import lecture
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.registre import DOCUMENTS


def bilan(options: demandes.Bilan) -> None:
    """Print the bilan of a semester, another of its documents, or the bilans of the partners."""
    forme = forme_voulue(options)
    if options.tous:
        envois.tous(options, forme, FORMES[forme])
        return
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        edition = lecture.du_semestre(v, options.semestre, departement_voulu(options))
        suffixe, document = envois.construire(options, edition)
    semestre = options.semestre.strip().upper()
    nom = f"{options.document}-{edition.departement}-{semestre}{suffixe}"
    rendre(document, forme, options.sortie, nom)


def synthese(options: demandes.Synthese) -> None:
    """Print the synthèse of a month, the newest controlled one unless told."""
    forme = forme_voulue(options)
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        edition = lecture.du_mois(v, departement_voulu(options), options.mois)
        document = DOCUMENTS["synthese"].construire(edition)
    rendre(document, forme, options.sortie, f"synthese-{edition.departement}-{edition.mois}")


def forme_voulue(options: demandes.Imprimer) -> str:
    """Return the form asked by --format, else by the name of the file, else PDF; raise Refus."""
    suffixe = options.sortie.suffix.lower().lstrip(".") if options.sortie else ""
    forme: str = options.format or suffixe or next(iter(FORMES))
    if forme not in FORMES:
        raise Refus(
            f"« {forme} » n'est pas une forme de document",
            str(options.sortie or ""),
            f"Formes possibles : {', '.join(FORMES)}.",
        )
    return forme


def rendre(document: Document, forme: str, sortie: Path | None, nom: str) -> Path:
    """Write a document in this form, in restitutions/ unless told where; print its path."""
    chemin = sortie or dossier_courant().racine / "restitutions" / f"{nom}.{forme}"
    remettre(chemin, FORMES[forme](document), dossiers=True)
    print(f"{document.titre}, {document.periode} : {chemin}")
    return chemin

"""`infocentre publier`: open data and the static site, from the masked edition alone."""

from __future__ import annotations

from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.cli.envois import exiger_un_nom
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import dossier_en_place
from infocentre.noyau.francais import compter
from infocentre.noyau.temps import semestre_du_mois
from infocentre.restitutions import lecture, partenaires
from infocentre.restitutions.ouvert import paquet, prive, site


def publier(options: demandes.Publier) -> None:
    """Write what may be published of a département, or the site of a partner, in a directory."""
    _verifier(options)
    with (
        lecture.ouvrir(dossier_courant(), perimetre()) as v,
        dossier_en_place(options.sortie) as dossier,
    ):
        departement = choisir_departement(v.version, departement_voulu(options))
        if options.partenaire is not None:
            dit = _pour_un_partenaire(options, v, departement, dossier)
        else:
            dit = _pour_tous(options, paquet.preparer(v, departement), dossier)
    print(f"{dit} : {options.sortie}")


def _verifier(options: demandes.Publier) -> None:
    """Raise Refus for options that do not go together, before anything is read."""
    exiger_un_nom(options.partenaire, "le site public")
    if options.quoi == "site":
        return
    if options.cartes:
        raise Refus("les données ouvertes n'ont pas de carte", que_faire="Ôter --cartes.")
    if options.partenaire is not None:
        raise Refus(
            "les données ouvertes sont les mêmes pour tous",
            que_faire="Ôter --partenaire, ou faire son site : infocentre publier site --partenaire",
        )


def _pour_tous(options: demandes.Publier, publie: paquet.Paquet, dossier: Path) -> str:
    """Write what is asked; return what is told of it."""
    faites = ""
    if options.quoi == "ouvert":
        paquet.ecrire(publie, dossier)
    else:
        faites = f", {compter(site.ecrire(publie, dossier, cartes=options.cartes), 'page')}"
    return (
        f"{publie.titre}, publication {publie.publication.rang} "
        f"({compter(len(publie.mois), 'mois', 'mois')}{faites}, petits nombres masqués sous "
        f"{publie.seuil})"
    )


def _pour_un_partenaire(
    options: demandes.Publier, v: Lecture, departement: str, dossier: Path
) -> str:
    """Write the site of a partner, of the bilan of the newest month; return what is told of it."""
    semestre = semestre_du_mois(lecture.du_mois(v, departement).mois)
    edition = lecture.du_semestre(v, semestre, departement)
    un = partenaires.trouver(partenaires.partenaires(edition), options.partenaire or "")
    pages = prive.faire(edition, un, dossier, cartes=options.cartes)
    return f"Site réservé à {un.nom} ({compter(pages, 'page')}, à ne pas diffuser)"

"""`infocentre publier`: open data and the static site, from the masked edition alone."""

from __future__ import annotations

from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import dossier_en_place
from infocentre.noyau.francais import compter
from infocentre.restitutions import lecture
from infocentre.restitutions.ouvert import paquet, site


def publier(options: demandes.Publier) -> None:
    """Write what may be published of a département, in a new directory."""
    if options.cartes and options.quoi != "site":
        raise Refus("les données ouvertes n'ont pas de carte", que_faire="Ôter --cartes.")
    with (
        lecture.ouvrir(dossier_courant(), perimetre()) as v,
        dossier_en_place(options.sortie) as dossier,
    ):
        departement = choisir_departement(v.version, departement_voulu(options))
        prepare = paquet.preparer(v, departement)
        pages = _ecrire(options, prepare, dossier)
    print(
        f"{prepare.titre}, publication {prepare.publication.rang} "
        f"({compter(len(prepare.mois), 'mois', 'mois')}{pages}, petits nombres masqués sous "
        f"{prepare.seuil}) : {options.sortie}"
    )


def _ecrire(options: demandes.Publier, prepare: paquet.Paquet, dossier: Path) -> str:
    """Write what is asked; return what more is told of it."""
    if options.quoi == "ouvert":
        paquet.ecrire(prepare, dossier)
        return ""
    return f", {compter(site.ecrire(prepare, dossier, cartes=options.cartes), 'page')}"

"""`infocentre publier`: open data and the static site, from the masked edition alone."""

from __future__ import annotations

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.fichiers import dossier_en_place
from infocentre.noyau.francais import compter
from infocentre.restitutions import lecture
from infocentre.restitutions.ouvert import paquet


def publier(options: demandes.Publier) -> None:
    """Write what may be published of a département, in a new directory."""
    with (
        lecture.ouvrir(dossier_courant(), perimetre()) as v,
        dossier_en_place(options.sortie) as dossier,
    ):
        departement = choisir_departement(v.version, departement_voulu(options))
        prepare = paquet.preparer(v, departement)
        paquet.ecrire(prepare, dossier)
    print(
        f"{prepare.titre}, publication {prepare.publication.rang} "
        f"({compter(len(prepare.mois), 'mois', 'mois')}, petits nombres masqués sous "
        f"{prepare.seuil}) : {options.sortie}"
    )

"""`infocentre registre`: the register of guichets, to complete where no delivery says it."""

from __future__ import annotations

from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu
from infocentre.decisions import utilisateur
from infocentre.demarches import registre_guichets
from infocentre.demarches.rendus import lire_octets
from infocentre.entrepot import Dossier, Version
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.formats import exiger_forme
from infocentre.noyau.francais import accorder
from infocentre.operations.registres import Adoption, adopter


def registre(options: demandes.Registre) -> None:
    """Write the workbook to fill, or read it back and publish the months that it completes."""
    dossier = Dossier(dossier_donnees())
    if options.action == "brouillon":
        _brouillon(dossier, options)
    elif options.classeur is None:
        raise Refus("il manque le classeur rempli", que_faire="infocentre registre lire FICHIER")
    else:
        _lire(dossier, options.classeur, departement_voulu(options))


def _brouillon(dossier: Dossier, options: demandes.Registre) -> None:
    version = dossier.exiger_version()
    ici = _departement(version, departement_voulu(options))
    sortie = options.sortie or Path(f"registre-{ici}.xlsx")
    exiger_forme(sortie, ("xlsx",))
    remettre(sortie, registre_guichets.brouillon(dossier, version, ici))
    print(f"{sortie} : à remplir, puis infocentre registre lire {sortie}")


def _departement(version: Version, voulu: str | None) -> str:
    """Return the département asked, or the only one that is loaded, controlled or not."""
    if voulu or len(version.departements) == 1:
        return voulu or version.departements[0]
    raise Refus(
        "plusieurs départements sont chargés",
        que_faire=f"Donner --departement parmi : {', '.join(version.departements)}.",
    )


def _lire(dossier: Dossier, classeur: Path, departement: str | None) -> None:
    connus = registre_guichets.guichets_connus(dossier, dossier.exiger_version())
    lu = registre_guichets.lire(lire_octets(classeur), classeur.name, connus, departement)
    dire(adopter(dossier, lu.departement, lu.guichets, utilisateur()))


def dire(faite: Adoption) -> None:
    """Say what a completed register changed, and what it leaves to complete."""
    dits = accorder(faite.tenu.completes, "guichet complété", "guichets complétés")
    if faite.deja:
        print(f"Registre déjà lu : {dits}, rien n'y change.")
    else:
        print(f"Registre du {faite.tenu.departement} : {dits}, gardés pour les mois qui suivent.")
    if faite.mois:
        mois = [une.mois for une in faite.mois]
        etendue = mois[0] if len(mois) == 1 else f"{mois[0]} à {mois[-1]}"
        print(
            f"  {accorder(len(mois), 'mois complété', 'mois complétés')} ({etendue}), "
            "à contrôler de nouveau : infocentre controler"
        )
    if faite.restent:
        restent = accorder(len(faite.restent), "guichet reste", "guichets restent")
        print(f"  {restent} à compléter : {', '.join(faite.restent[:8])}")

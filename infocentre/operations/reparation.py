"""Reparer: put back what can be, from the delivery, the other version, or by computing again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier, Livraison, Publication, Version
from infocentre.entrepot.dossier import ENTREPOT, lire_version, supprimer_version
from infocentre.entrepot.evenements import Evenement
from infocentre.entrepot.publication import (
    dernier_numero,
    dommage_du_lien,
    pointer,
    publication_possible,
)
from infocentre.entrepot.remplacement import Remplacement
from infocentre.entrepot.sceaux import (
    DESCRIPTION,
    chemin_scelle,
    cle_archive,
    comparer,
    dommages_archive,
    ecrire_description,
    fichier_nominatif,
    sceaux_du_journal,
)
from infocentre.livraisons.depot import Depot
from infocentre.livraisons.reception import Avancement
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, empreintes, sha256
from infocentre.noyau.scelle import SCEAU
from infocentre.noyau.temps import maintenant
from infocentre.operations.chargement import Demande, est_de, ranger_recue, remettre
from infocentre.operations.reconstruction import rejouer
from infocentre.operations.remises import Remise
from infocentre.operations.remises import remettre as remettre_conserves
from infocentre.operations.verification import Examen, examiner, fichiers_derives
from infocentre.reconnaissance.ouverture import ouvrir

Etape = Callable[[str], None]


@dataclass(slots=True)
class Atelier:
    """What mending shares: who writes, and what to tell a person as it goes."""

    dossier: Dossier
    publication: Publication
    avancement: Avancement
    etape: Etape
    refus: list[Refus] = field(default_factory=list)


def reparer(
    dossier: Dossier, demande: Demande, avancement: Avancement, etape: Etape, remise: Remise
) -> tuple[Examen, list[Refus]]:
    """Mend all that can be; return what is still damaged, and why it could not be mended."""
    with dossier.ecrire():
        remettre_conserves(dossier, remise, etape)
        _relier(dossier, etape)
        atelier = Atelier(dossier, publication_possible(dossier), avancement, etape)
        for rang, chemin in enumerate(demande.chemins):
            _remettre_tout(atelier, demande, chemin, rang)
        examen = _oublier_versions(atelier, _refaire_catalogue(atelier))
        if _a_recalculer(dossier, examen):
            try:
                version = rejouer(atelier.publication, etape)
                etape(f"version {version.numero} recalculée des archives")
            except Refus as refus:
                atelier.refus.append(refus)
            examen = _oublier_versions(atelier, examiner(dossier))
        if remise.sceller and _sceller(atelier):
            examen = examiner(dossier)
    return examen, atelier.refus


def _relier(dossier: Dossier, etape: Etape) -> None:
    """Make the link name the last version again, when that is still whole."""
    dernier = dernier_numero(dossier)
    chemin = dossier.numeros().get(dernier)
    if chemin is None or dossier.courante.resolve() == chemin:
        return
    try:
        version = lire_version(chemin)
    except Refus:
        return
    if not comparer({chemin / ENTREPOT: version.sceaux.get(ENTREPOT, "")}, ""):
        if dommage_du_lien(dossier):
            # A copy of what is whole, that no purge would find.
            shutil.rmtree(dossier.courante)
        pointer(dossier, chemin)
        etape(f"lien « courante » remis sur la version {dernier}")


def _remettre_tout(atelier: Atelier, demande: Demande, chemin: Path, rang: int) -> None:
    """Put back the archives of the deliveries that a path holds."""
    travail = atelier.dossier.temporaire / f"livraison-{rang}"
    travail.mkdir()
    for place, depot in enumerate(
        ouvrir(atelier.dossier.racine, demande.ouverture(chemin), travail)
    ):
        sien = travail / str(place)
        sien.mkdir()
        _remettre(atelier, depot, chemin, sien)


def _remettre(atelier: Atelier, depot: Depot, chemin: Path, travail: Path) -> None:
    """Put back the archive of a delivery, in force or not, when it is damaged or has no seal."""
    dossier = atelier.dossier
    livraison = Livraison(
        depot.departement, depot.arrete.isoformat(), depot.empreinte, depot.nom, ""
    )
    version = atelier.publication.version
    en_vigueur = version.trouver(livraison.departement, livraison.mois)
    connue = sceaux_du_journal(dossier).get(cle_archive(livraison), "")
    if en_vigueur and est_de(dossier, depot, en_vigueur):
        if en_vigueur.sceau and not dommages_archive(dossier, en_vigueur):
            atelier.etape(f"{depot.nom} : archive intacte")
            return
        remettre(atelier.publication, depot, en_vigueur, travail, atelier.avancement)
    elif connue or dossier.archive(livraison).exists() or not version.livraisons:
        _remettre_de_cote(atelier, depot, replace(livraison, sceau=connue), travail)
    else:
        raise Refus(
            f"« {depot.nom} » n'a jamais été chargée : ce contenu n'est celui d'aucune archive",
            str(chemin),
            "Donner la livraison d'origine, ou charger celle-ci : infocentre charger LIVRAISON.",
        )
    atelier.etape(f"{depot.nom} : archive remise en place depuis la livraison")


def _remettre_de_cote(atelier: Atelier, depot: Depot, livraison: Livraison, travail: Path) -> None:
    """Put back an archive that no readable version names; the journal has its new sha256."""
    sceau = ranger_recue(atelier.dossier, depot, livraison, travail, atelier.avancement)
    evenement: Evenement = {
        "version": atelier.publication.version.numero,
        "type": "reparation",
        "le": maintenant(),
        "archives": {cle_archive(livraison): sceau},
    }
    atelier.dossier.ajouter_ligne(atelier.dossier.journal, evenement)


def _refaire_catalogue(atelier: Atelier) -> Examen:
    """Write again the catalogue in use, when the journal needs it; return what is damaged."""
    catalogue, examen = lire_catalogue(), examiner(atelier.dossier)
    cible = atelier.dossier.catalogues / f"{catalogue.empreinte}.json"
    if all(dommage.ou != cible for dommage in examen.dommages):
        return examen
    ecrire(cible, catalogue.en_json())
    atelier.etape("catalogue en vigueur récrit")
    return examiner(atelier.dossier)


def _oublier_versions(atelier: Atelier, examen: Examen) -> Examen:
    """Forget the damaged versions that are not published, while the published one is whole.

    Return what is damaged then.
    """
    dossier, publiee = atelier.dossier, atelier.dossier.courante.resolve()
    abimes = {dommage.ou.parent for dommage in examen.dommages}
    if publiee in abimes or not publiee.is_dir():
        return examen
    perdues = {n: un for n, un in dossier.numeros().items() if un in abimes and un != publiee}
    for numero, chemin in perdues.items():
        supprimer_version(chemin)
        atelier.etape(f"version {numero}, abîmée et plus publiée, oubliée")
    return examiner(dossier) if perdues else examen


def _a_recalculer(dossier: Dossier, examen: Examen) -> bool:
    """Tell whether something damaged is derived from the archives."""
    racines = (dossier.versions, dossier.etats, dossier.suivi, dossier.parcours, dossier.constats)
    return any(
        dommage.ou == dossier.courante
        or any(racine in dommage.ou.parents for racine in racines)
        or dossier.courante in dommage.ou.parents
        for dommage in examen.dommages
    )


def _sceller(atelier: Atelier) -> bool:
    """Give a sha256 to what has none, taking what is there for right; tell if some had none."""
    dossier, version = atelier.dossier, atelier.publication.version
    sans = [une for une in version.livraisons if not une.sceau]
    if not sans:
        return False
    remplacement = Remplacement(dossier)
    archives = {
        cle_archive(une): _sceller_archive(dossier, remplacement, une)
        for une in sans
        if not dommages_archive(dossier, une)
    }
    remplacement.decider(
        {
            "type": "scellement",
            "le": maintenant(),
            "archives": archives,
            "sceaux": _sceaux_derives(dossier, version),
        }
    )
    atelier.publication.finir_remplacement()
    atelier.etape(f"{len(archives)} archive(s) scellée(s) telles qu'elles sont")
    return True


def _sceller_archive(dossier: Dossier, remplacement: Remplacement, une: Livraison) -> str:
    archive = dossier.archive(une)
    contenu: dict[str, Any] = json.loads((archive / DESCRIPTION).read_text("utf-8"))
    lus = {f.name: sceau for f, sceau in empreintes(archive.glob("*.parquet")).items()}
    if (noms := fichier_nominatif(dossier, une)).exists():
        lus["identites.parquet"] = sha256(noms)
    cible = remplacement.place(chemin_scelle(dossier, une, DESCRIPTION))
    return ecrire_description(cible, {**contenu, SCEAU: lus})


def _sceaux_derives(dossier: Dossier, version: Version) -> dict[str, str]:
    lus = empreintes(fichiers_derives(dossier, version))
    sceaux = {str(f.relative_to(dossier.racine)): sceau for f, sceau in lus.items() if sceau}
    entrepot = dossier.courante.resolve() / ENTREPOT
    return {**sceaux, ENTREPOT: sha256(entrepot)} if entrepot.exists() else sceaux


def retirer(
    dossier: Dossier, quoi: str, departement: str | None, etape: Etape
) -> tuple[Livraison, Version]:
    """Withdraw a delivery: a version without it is computed again, and the journal says so.

    Raises:
        Refus: no delivery, or several, answer to this month, name or empreinte.
    """
    with dossier.ecrire():
        publication = Publication(dossier)
        version = dossier.exiger_version()
        livraison = _choisir(version, quoi, departement)
        evenement: Evenement = {
            "type": "retrait",
            "le": maintenant(),
            "departement": livraison.departement,
            "arrete": livraison.arrete,
            "empreinte": livraison.empreinte,
            "nom": livraison.nom,
        }
        return livraison, rejouer(publication, etape, evenement)


def _choisir(version: Version, quoi: str, departement: str | None) -> Livraison:
    trouvees = [
        une
        for une in version.livraisons
        if departement in {None, une.departement}
        and (quoi in {une.mois, une.arrete, une.nom} or une.empreinte.startswith(quoi.lower()))
    ]
    if len(trouvees) != 1:
        charges = ", ".join(
            f"{une.departement} {une.mois}" for une in trouvees or version.livraisons
        )
        raise Refus(
            f"« {quoi} » désigne plusieurs livraisons en vigueur"
            if trouvees
            else f"aucune livraison en vigueur ne répond à « {quoi} »",
            que_faire=f"Donner le mois, le nom ou l'empreinte de l'une d'elles ({charges})"
            f"{', et --departement' if trouvees else ''}.",
        )
    return trouvees[0]

"""The commands that print: built from the published version, written once it is closed."""

from __future__ import annotations

from pathlib import Path

from infocentre.acces.ancres import ancrer
from infocentre.acces.perimetre import TOUS
from infocentre.cli import envois
from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.entrepot import Dossier
from infocentre.lecture.ensembles import ensemble_de
from infocentre.lecture.lieux import epcis
from infocentre.lecture.partage import dire_deja_dites
from infocentre.lecture.reglages import a_fixer, dire_a_fixer
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import exiger_fichier, remettre
from infocentre.noyau.formats import contredits
from infocentre.noyau.francais import enumerer, slug
from infocentre.noyau.temps import semestre_du_mois
from infocentre.restitutions import lecture, mots
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.registre import (
    BILAN_REUNI,
    DOCUMENTS,
    EPCI,
    LETTRE,
    NOTE,
    SYNTHESE_REUNIE,
    exiger_forme,
)


def bilan(options: demandes.Bilan) -> None:
    """Print the bilan of a semester, another of its documents, or the bilans of the partners."""
    forme = forme_voulue(options)
    if options.plusieurs:
        envois.verifier_ensemble(options)
        _de_l_ensemble(options, BILAN_REUNI, forme, envois.periode(options))
        return
    envois.verifier(options, forme)
    if options.tous and DOCUMENTS[options.document].d_un_epci:
        _par_epci(options, forme)
        return
    if options.tous:
        envois.tous(options, forme, FORMES[forme])
        return
    exiger_sortie(options)
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        edition = envois.editer(options, v)
        suffixe, document = envois.construire(options, edition, forme)
        # Those of the policy of attributions have objectives of their own.
        politique = options.document in {EPCI, NOTE, LETTRE}
        manquent = {} if politique else a_fixer(v, edition.departement, edition.mois)
        a_ecrire = ""
        if options.document == "bilan" and options.partenaire is None:
            racine = edition.v.dossier.racine
            a_ecrire = mots.dire_manquants(racine, semestre_du_mois(edition.mois))
        deja_dites = dire_deja_dites(v, edition.departement, edition.mois)
    nom = f"{options.document}-{edition.departement}-{envois.periode(options)}{suffixe}"
    rendre(document, forme, options.sortie, nom)
    if manquent:
        print(
            f"{dire_a_fixer(manquent)} Une fois l'arrêté pris, écrire {enumerer(list(manquent))} "
            "dans reglages.yml, ou dans la page Réglages, puis lancer infocentre controler --mois "
            f"{edition.mois}."
        )
    for dit in filter(None, (deja_dites, a_ecrire)):
        print(dit)


def _par_epci(options: demandes.Bilan, forme: str) -> None:
    """Print a document for each EPCI of the département, into one directory."""
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        edition = envois.editer(options, v)
        un, siens = DOCUMENTS[options.document], epcis(v, edition.departement)
        faits = {epci: un.construire(edition, epci) for epci in siens}
    nom = f"{options.document}-{edition.departement}-{envois.periode(options)}"
    ou = options.sortie or dossier_donnees() / "restitutions" / nom
    for epci, document in faits.items():
        rendre(document, forme, ou / f"{nom}-{epci}.{forme}", "")


def synthese(options: demandes.Synthese) -> None:
    """Print the synthèse of a month, the newest controlled one unless told."""
    forme = forme_voulue(options)
    if options.plusieurs:
        _de_l_ensemble(options, SYNTHESE_REUNIE, forme)
        return
    exiger_forme("synthese", forme)
    exiger_sortie(options)
    with lecture.ouvrir(Dossier(dossier_donnees()), acces().imprime) as v:
        edition = lecture.du_mois(v, departement_voulu(options), options.mois)
        document = DOCUMENTS["synthese"].construire(edition)
    rendre(document, forme, options.sortie, f"synthese-{edition.departement}-{edition.mois}")
    ancrer(dossier_donnees(), "synthèse imprimée")


def _de_l_ensemble(
    options: demandes.Bilan | demandes.Synthese, nom: str, forme: str, semestre: str = ""
) -> None:
    """Print a document of several départements, of a semester or of the month asked."""
    exiger_forme(nom, forme)
    exiger_sortie(options)
    mois = "" if isinstance(options, demandes.Bilan) else options.mois or ""
    with lecture.ouvrir(Dossier(dossier_donnees()), acces().imprime) as v:
        un = ensemble_de(v, region=options.region, epci=options.epci)
        edition = lecture.de_l_ensemble(v, un, mois, semestre)
        document = DOCUMENTS[nom].construire(edition)
    ou = options.epci or options.region or TOUS
    rendre(document, forme, options.sortie, f"{nom}-{slug(ou)}-{semestre or edition.mois}")
    if absents := edition.reunion.dire_absents():
        print(absents)


def forme_voulue(options: demandes.Imprimer) -> str:
    """Return the form asked by --format, else by the name of the file, else PDF; raise Refus.

    A name that says another form than --format is refused; one that says none is as it is.
    """
    suffixe = options.sortie.suffix.lower().lstrip(".") if options.sortie else ""
    forme: str = options.format or suffixe or next(iter(FORMES))
    if forme not in FORMES:
        raise Refus(
            f"« {forme} » n'est pas une forme de document",
            str(options.sortie or ""),
            f"Formes possibles : {', '.join(FORMES)}.",
        )
    if suffixe in FORMES and suffixe != forme:
        raise contredits(forme, suffixe, options.sortie)
    return forme


def exiger_sortie(options: demandes.Imprimer) -> None:
    """Raise Refus when the file asked for could not be written, before what fills it is made."""
    if options.sortie:
        exiger_fichier(options.sortie)


def rendre(document: Document, forme: str, sortie: Path | None, nom: str) -> Path:
    """Write a document in this form, in restitutions/ unless told where; print its path.

    A file that was there, or a directory that was not, is said.
    """
    chemin = sortie or dossier_donnees() / "restitutions" / f"{nom}.{forme}"
    faits = [
        dit
        for dit, vrai in (
            ("fichier remplacé", chemin.exists()),
            ("dossier créé", not chemin.parent.exists()),
        )
        if vrai
    ]
    remettre(chemin, FORMES[forme](document), dossiers=True)
    precision = f" ({faits[0]})" if faits else ""
    print(f"{document.titre}, {document.periode} : {chemin}{precision}")
    return chemin

"""What `bilan` prints: a document of the registry, the bilan of a partner, those of all."""

from __future__ import annotations

import sys
from collections.abc import Callable

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import MauvaisUsage, Refus
from infocentre.noyau.texte import abreger, brut, imprimable
from infocentre.restitutions import lecture
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import Former
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.registre import DOCUMENTS, exiger_forme, exiger_partagee


def verifier(options: demandes.Bilan, forme: str) -> None:
    """Raise Refus for options that do not go together, before anything is read."""
    exiger_un_nom(options.partenaire, "le bilan entier")
    voulu = DOCUMENTS[options.document]
    _exiger_seul(options)
    siens = [un.nom for un in DOCUMENTS.values() if un.d_un_guichet]
    en_flux = options.tous and options.annee
    if options.guichet is not None and not voulu.d_un_guichet and not en_flux:
        raise Refus(
            f"--guichet ne vaut que pour --document {', '.join(siens)}",
            que_faire="Ajouter --document fiche, ou retirer --guichet.",
        )
    if voulu.d_un_guichet and not (options.guichet or "").strip():
        raise Refus(
            "ce document est celui d'un bailleur"
            if voulu.d_un_bailleur
            else "une fiche est celle d'un guichet ou d'un organisme",
            que_faire="Ajouter --guichet avec son code, son SIREN ou son nom.",
        )
    exiger_forme(options.document, forme)
    _exiger_periode(options)
    if options.tous:
        exiger_partagee(forme)


def exiger_un_nom(partenaire: str | None, sans: str) -> None:
    """Raise Refus for a partner without a name; `sans` is what is printed of none."""
    if partenaire is not None and not partenaire.strip():
        raise Refus(
            "le nom du partenaire est vide",
            "--partenaire",
            f"Donner son nom ou une partie ; sans --partenaire, c'est {sans}.",
        )


def verifier_ensemble(options: demandes.Bilan) -> None:
    """Raise Refus for options that do not go with a bilan of several départements."""
    if options.document != "bilan" or options.tous or options.partenaire is not None:
        raise MauvaisUsage(
            "de plusieurs départements, il n'y a que le bilan du semestre",
            que_faire="Retirer --document, --partenaire et --tous, ou donner un département.",
        )
    if sum(map(bool, (options.departement, options.region, options.epci))) > 1:
        raise MauvaisUsage(
            "--departement, --region et --epci s'excluent", que_faire="N'en garder qu'un."
        )
    _exiger_periode(options)


def _exiger_seul(options: demandes.Bilan) -> None:
    """Raise Refus for a document that is asked with what only another one has."""
    voulu = DOCUMENTS[options.document]
    autre = options.document != "bilan"
    if autre and (options.partenaire is not None or (options.tous and not voulu.d_un_epci)):
        quoi = "--partenaire" if options.partenaire is not None else "--tous"
        raise MauvaisUsage(
            f"{quoi} et --document {voulu.nom} s'excluent", que_faire="Retirer l'un d'eux."
        )
    if options.epci is not None and (not voulu.d_un_epci or options.tous):
        raise Refus(
            "--epci ne vaut que pour --document attributions, sans --tous",
            que_faire="Retirer --tous, ou --epci."
            if voulu.d_un_epci
            else "Ajouter --document attributions, ou retirer --epci.",
        )


def _exiger_periode(options: demandes.Bilan) -> None:
    """Raise Refus unless the document has its semester, or its year, and not the other."""
    annuel = DOCUMENTS[options.document].periode == "annee"
    if options.tous and options.annee and not options.semestre:
        return  # the bilans of the flux of a year
    if annuel and (options.semestre or not options.annee):
        raise Refus(
            "ce document est celui d'une année civile",
            que_faire=f"infocentre bilan --document {options.document} --annee AAAA",
        )
    if not annuel and options.annee:
        annuels = [un.nom for un in DOCUMENTS.values() if un.periode == "annee"]
        raise Refus(
            f"--annee ne vaut que pour --document {', '.join(annuels)}",
            que_faire="Donner un semestre, AAAA-S1 ou AAAA-S2.",
        )
    if not annuel and not options.semestre:
        raise Refus("le semestre manque", que_faire="Donner AAAA-S1 ou AAAA-S2.")


def periode(options: demandes.Bilan) -> str:
    """Return the semester or the year that is asked, as the names of files have it."""
    return (options.semestre or options.annee or "").strip().upper()


def editer(options: demandes.Bilan, v: Lecture) -> Edition:
    """Return the edition of the semester or of the year; raise Refus."""
    departement = departement_voulu(options)
    if options.annee:
        return lecture.de_l_annee(v, options.annee, departement)
    return lecture.du_semestre(v, periode(options), departement)


def construire(options: demandes.Bilan, edition: Edition, forme: str) -> tuple[str, Document]:
    """Return what the file's name adds, and the document: a partner's, or one of the registry."""
    from infocentre.restitutions import atelier, partenaires, politique_attribution

    if options.partenaire is not None:
        un = partenaires.trouver(partenaires.partenaires(edition), options.partenaire)
        if un.genre in atelier.SOMMAIRES:
            exiger_partagee(forme)
        return f"-{un.cle}", atelier.Atelier(edition).construire(un)
    voulu = DOCUMENTS[options.document]
    if voulu.d_un_epci and options.epci:
        epci = politique_attribution.trouver(edition, options.epci)
        return f"-{epci}", voulu.construire(edition, epci)
    if not voulu.d_un_guichet:
        return "", voulu.construire(edition)
    guichet = options.guichet or ""
    return f"-{partenaires.cle(guichet)}", voulu.construire(edition, guichet)


def tous(options: demandes.Bilan, forme: str, former: Former) -> None:
    """Print the bilans of all the partners, or of all the flux of a year, and their list."""
    from infocentre.restitutions import envoi, partenaires

    dossier, quand = dossier_courant(), periode(options)
    with lecture.ouvrir(dossier, perimetre()) as v:
        edition = editer(options, v)
        if options.annee:
            liste, quoi = envoi.en_flux(edition, options.guichet), "bilans de la gestion en flux"
        else:
            liste = envoi.des_partenaires(list(partenaires.partenaires(edition).values()))
            quoi = "bilans"
        ou = envoi.dossier_des_bilans(dossier.racine, edition.departement, quand)
        if options.guichet:
            ou = ou.with_name(f"{ou.name}-{partenaires.cle(options.guichet)}")
        demande = envoi.Envoi(
            edition=edition,
            semestre="" if options.annee else quand,
            annee=quand if options.annee else "",
            forme=forme,
            former=former,
            sortie=(options.sortie or ou).absolute(),
        )
        remplace = " (dossier remplacé)" if (demande.sortie / envoi.MANIFESTE).exists() else ""
        sortie = envoi.envoyer(demande, liste, _barre(len(liste)))
    print(f"{len(liste)} {quoi}, {edition.periode} : {sortie}{remplace}")
    print(f"Destinataires, fichiers et empreintes : {sortie / envoi.MANIFESTE}")


def _barre(total: int) -> Callable[[str], None]:
    """Return what says that one more is done: a bar on a terminal, a line each elsewhere."""
    faits = 0

    def avancer(nom: str) -> None:
        nonlocal faits
        faits += 1
        if not sys.stdout.isatty():
            print(f"  {faits}/{total} {nom}", flush=True)
            return
        pleins = round(30 * faits / total)
        barre = "█" * pleins + "·" * (30 - pleins)
        fin = "\r\033[K" if faits == total else ""
        terminal = brut(sys.stdout)
        terminal.write(f"\r  {barre} {faits}/{total}  {imprimable(abreger(nom, 40))}\033[K{fin}")
        terminal.flush()

    return avancer

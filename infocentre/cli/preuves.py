"""`infocentre preuve`: that nothing was changed of what is kept; the heads that go out of reach."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from infocentre.acces import ancres
from infocentre.acces.conservation import lire_conservation
from infocentre.cli import options as demandes
from infocentre.decisions import magasin_present
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder

_QUE_FAIRE = "Comparer avec une sauvegarde : docs/installation.md, « Ce qui se prouve »."


def preuve(options: demandes.Preuve) -> None:
    """Check all chains, put their heads out of reach, or write the SQL of the roles."""
    from infocentre.decisions.roles import sql_proteger, sql_rendre

    racine = dossier_donnees()
    if options.action == "verifier":
        _verifier(racine, options)
    elif options.action == "ancrer":
        _ancrer(racine, afficher=options.afficher)
    elif options.action == "proteger":
        print(sql_proteger(lire_conservation(racine).durees.traces.mois), end="")
    else:
        print(sql_rendre(), end="")


def _verifier(racine: Path, options: demandes.Preuve) -> None:
    from infocentre.operations.preuves import examiner

    if options.ancres and not options.ancres.is_file():
        raise Refus(
            "ce fichier d'ancres n'est pas là", str(options.ancres), "Vérifier le chemin donné."
        )
    faites = examiner(racine, [options.ancres] if options.ancres else ())
    if not faites.tetes and not faites.fautes:
        raise Refus("rien n'a encore été décidé ici", str(racine))
    fautes = [*faites.fautes, *_sans_la_tete(racine, options.tete)]
    if len(fautes) > 1:
        for une in fautes:
            print(f"✖ {une}")
    if fautes:
        combien = f"{len(fautes)} altérations, dont : " if fautes[1:] else ""
        raise Refus(f"{combien}{fautes[0]}", str(racine), _QUE_FAIRE)
    evenements, acces, scelles = (faites.tetes[nom] for nom in ancres.TABLES)
    intacts = accorder(evenements.rang, "événement intact", "événements intacts")
    print(f"{intacts} ; empreinte du dernier : {evenements.empreinte}")
    intacts = accorder(acces.rang, "enregistrement intact", "enregistrements intacts")
    print(f"Journal des accès : {intacts} ; empreinte du dernier : {acces.empreinte}")
    intacts = accorder(scelles.rang, "scellé intact", "scellés intacts")
    print(f"Comptes, doublons, verdicts : {intacts} ; empreinte du dernier : {scelles.empreinte}")
    print(_dire_les_ancres(faites.ancres))


def _sans_la_tete(racine: Path, dite: str | None) -> list[str]:
    """Return what is wrong when no chain has a head that was printed."""
    tete, magasin = (dite or "").strip().lower(), magasin_present(racine)
    if not tete or magasin is None:
        return []
    absente = (
        f"rien n'a l'empreinte {tete} : la fin d'une chaîne a été retirée, ou la chaîne entière "
        "refaite"
    )
    return [] if ancres.connait(magasin, tete) else [absente]


def _dire_les_ancres(lues: tuple[ancres.Ancre, ...]) -> str:
    if not lues:
        return "Aucune ancre : une fin coupée ne se verrait pas. Ancrer : infocentre preuve ancrer"
    comparees = accorder(len(lues), "ancre comparée", "ancres comparées")
    return f"{comparees}, la dernière du {lues[-1].jour}."


def _ancrer(racine: Path, *, afficher: bool) -> None:
    echecs = ancres.ancrer(racine, "à la demande", si_change=True)
    if afficher and (ligne := ancres.derniere_ligne(racine)):
        print(ligne)
    if echecs:
        raise Refus(" ; ".join(echecs), str(racine), f"Vérifier {ancres.VARIABLE}.")


def ancrer_le_jour(racine: Path) -> list[str]:
    """Put the heads out of reach, by mail too; return what could not be, in words."""
    echecs = ancres.ancrer(racine, "chaque jour")
    if vers := ancres.courriels():
        echecs += _envoyer(racine, vers)
    return echecs


def _envoyer(racine: Path, vers: list[str]) -> list[str]:
    from infocentre.demarches.envoi import envoyer_un, lire_messagerie

    echecs, ligne = list[str](), ancres.derniere_ligne(racine)
    for une in vers:
        try:
            messagerie = lire_messagerie(racine)
            courriel = EmailMessage()
            courriel["Subject"] = "Infocentre : ancre du jour, à garder"
            courriel["From"], courriel["To"] = messagerie.expediteur, une
            courriel.set_content(f"{ligne}\n", cte="8bit")
            envoyer_un(messagerie, courriel, une)
        except Refus as refus:
            echecs.append(f"ancre non envoyée à {une} : {refus.quoi}")
    return echecs

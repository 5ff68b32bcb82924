"""`infocentre correspondance`: how files that have not the contract's words are read."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.contrat.territoires import normaliser_departement
from infocentre.correspondances.ecrits import lire, texte
from infocentre.correspondances.garde import adopter, en_usage, trouver
from infocentre.correspondances.modele import Correspondance
from infocentre.decisions import utilisateur
from infocentre.entrepot import Dossier
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.francais import accorder, slug
from infocentre.noyau.temps import a_present
from infocentre.noyau.texte import abreger
from infocentre.reconnaissance.association import Convenance, deja_connue
from infocentre.reconnaissance.brouillon import brouillon, dire, sans_code
from infocentre.reconnaissance.confirmation import CONNUE, Confirmation, Reponses
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.essai import Essai, essayer
from infocentre.reconnaissance.ouverture import Ouverture, ouvrir
from infocentre.reconnaissance.proposition import (
    Choix,
    ColonneProposee,
    FichierPropose,
    Proposition,
    Question,
    proposer,
)


def correspondance(options: demandes.Correspondance) -> None:
    """Do what is asked of correspondances."""
    _ACTIONS[options.action](options)


def _un(options: demandes.Correspondance, quoi: str) -> str:
    if len(options.quoi) != 1:
        raise Refus(f"« {options.action} » attend {quoi}", que_faire="En donner un, et un seul.")
    return options.quoi[0]


@contextlib.contextmanager
def _atelier() -> Iterator[Path]:
    """Give a directory that is deleted: nothing of what is looked at stays."""
    with tempfile.TemporaryDirectory(prefix="infocentre-") as chemin:
        yield Path(chemin)


def _proposer(options: demandes.Correspondance) -> None:
    """Say what files are, and what a person must answer; write the draft."""
    dossier = Path(_un(options, "un dossier, une archive ou un fichier"))
    departement = options.departement and normaliser_departement(options.departement)
    with _atelier() as travail:
        profils = profiler(dossier, travail)
        connue = deja_connue(dossier_donnees(), profils)
        lue = Confirmation.lire(proposer(profils, departement), Reponses(), connue)
        proposition, choix = lue.proposition, lue.choix
        if options.accepter:
            choix = proposition.accepter().avec(choix)
        _dire(lue, choix)
        if options.sortie:
            source, libelle = _source(options, dossier, connue)
            ecrit = brouillon(
                proposition, source, libelle, utilisateur(), a_present().date(), choix
            )
            remettre(options.sortie, ecrit)
            print(f"\nÉcrit : {options.sortie}")


def _source(
    options: demandes.Correspondance, dossier: Path, connue: Convenance | None
) -> tuple[str, str]:
    """Return the name of a source and its label: those of the one in use that reads these files."""
    sue = connue.association.correspondance if connue else None
    if sue and options.source in {None, sue.source}:
        return sue.source, sue.libelle
    source = options.source or slug(dossier.resolve().stem) or "source"
    return source, f"Fichiers de la source {source}"


def _dire(lue: Confirmation, choix: Choix) -> None:
    proposition = lue.proposition
    if lue.connues:
        print("Source déjà connue : seul ce qui change est demandé.")
    questions = proposition.questions(choix)
    for parts in (une for une in questions if une.sujet == "parts"):
        print(f"! {parts.texte}.")
    for fichier in proposition.fichiers:
        print(f"\n{fichier.cle} : {_nature(fichier)}")
        for avis in (*fichier.avis, fichier.raison):
            if avis:
                print(f"  ! {avis}")
        for une in fichier.colonnes:
            _dire_colonne(lue, choix, fichier, une)
    for avis in (*proposition.avis, *lue.nouvelles_a_dire):
        print(f"! {avis}")
    if proposition.absentes:
        print(f"Tables obligatoires sans fichier : {', '.join(proposition.absentes)}")
    _dire_questions(proposition, questions)


def _dire_questions(proposition: Proposition, questions: Sequence[Question]) -> None:
    par_cle = {un.cle: un for un in proposition.fichiers}
    print(f"\nQuestions : {len(questions)}")
    for rang, question in enumerate(questions, 1):
        print(f"  {rang}. {question.texte}")
        for ligne in dire(par_cle[question.fichier], question):
            print(f"       {ligne}")


def _dire_colonne(
    lue: Confirmation, choix: Choix, fichier: FichierPropose, une: ColonneProposee
) -> None:
    cle = (fichier.cle, une.nom)
    etat, vers, raison = str(une.etat), une.vers, une.raison
    if cle in lue.connues:
        etat, vers, raison = CONNUE, choix.colonnes[cle], ""
    dit = vers or ("ne pas lire" if etat in {"laissée", CONNUE} else "?")
    print(f"  {abreger(une.nom, 40):40} {etat:12} {dit} {raison}".rstrip())
    if cle in choix.valeurs and cle not in lue.connues:
        print(f"  ! sans code, hors de leur liste une fois chargées : {sans_code(une)}")


def _nature(fichier: FichierPropose) -> str:
    if fichier.genre == "codes":
        return f"fichier de codes ({fichier.reference})"
    if fichier.genre == "inconnu" and not fichier.a_choisir:
        return "laissé de côté"
    dite = (" ou " if fichier.a_choisir else ", ").join(fichier.tables) or "aucune table"
    genres = {"partage": "partagé entre ", "complément": "complète "}
    return f"{genres.get(fichier.genre, '')}{dite}{' : à choisir' if fichier.a_choisir else ''}"


def _montrer(options: demandes.Correspondance) -> None:
    print(texte(_lire(_un(options, "un fichier .yml ou un nom"))), end="")


def _lire(quoi: str) -> Correspondance:
    chemin = Path(quoi)
    return lire(chemin) if chemin.suffix in {".yml", ".yaml"} else trouver(dossier_donnees(), quoi)


def _essayer(options: demandes.Correspondance) -> None:
    """Receive the first rows of each file, and say what becomes of them; nothing is kept."""
    chemin = Path(_un(options, "un dossier, une archive ou un fichier"))
    ouverture = Ouverture(chemin, options.arrete, options.departement, options.correspondance)
    with _atelier() as travail:
        for depot in ouvrir(dossier_donnees(), ouverture, travail):
            print(f"{depot.nom}, département {depot.departement}, {depot.arrete:%d/%m/%Y}")
            essai = essayer(depot, travail)
            _dire_essai(essai)
            if essai.refus:
                raise essai.refus


def _dire_essai(essai: Essai) -> None:
    for table in essai.tables:
        lues = accorder(table.lues, "ligne lue", "lignes lues")
        gardees = accorder(table.gardees, "gardée", "gardées")
        print(f"  {table.table} ({table.fichier}) : {lues}, {gardees}")
        for motif, nombre in table.rejets.items():
            print(f"    rejet : {motif}, {nombre}")
        for colonne, nature, nombre in table.anomalies:
            print(f"    {colonne} : {nature}, {nombre}")
        if table.absentes:
            print(f"    colonnes non livrées : {', '.join(table.absentes)}")


def _adopter(options: demandes.Correspondance) -> None:
    """Keep a correspondance that a person read: it reads the deliveries of its source from now."""
    lue = lire(Path(_un(options, "un fichier .yml")))
    dossier = Dossier(dossier_donnees())
    with dossier.ecrire():
        fichier = adopter(dossier.racine, lue, utilisateur(), a_present().date())
    print(f"En usage : {fichier.stem}. Elle sera trouvée d'elle-même : infocentre charger DOSSIER")


def _lister(_: demandes.Correspondance) -> None:
    for une in en_usage(dossier_donnees()):
        le = f"{une.le:%d/%m/%Y}" if une.le else ""
        print(f"{une.nom}\t{une.libelle}\t{une.auteur}\t{le}")


_ACTIONS: dict[str, Callable[[demandes.Correspondance], None]] = {
    "proposer": _proposer,
    "montrer": _montrer,
    "essayer": _essayer,
    "adopter": _adopter,
    "lister": _lister,
}

"""`infocentre bibliotheque`: the queries of the territory, listed, described, run, added."""

from __future__ import annotations

from typing import Any, get_args

from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.cli.lectures import dossier_courant
from infocentre.cli.requetes import donner, lire_parametres
from infocentre.decisions import Requetes, ouvrir_magasin, utilisateur
from infocentre.exports import Donnees, exporter
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.formats import Fichier, choisir_forme
from infocentre.requetes.bibliotheque import (
    Requete,
    choix,
    lire_bibliotheque,
    trouver_requete,
    valeurs,
)
from infocentre.requetes.documentation import decrire_parametre
from infocentre.requetes.ebauche import ecrire_bibliotheque
from infocentre.requetes.execution import executer
from infocentre.requetes.recherche import chercher

TROUVEES = 5
_NOTE_LISTE = "Lancer : infocentre bibliotheque NOM ; ce qu'on y choisit : --decrire."


def bibliotheque(options: demandes.Bibliotheque) -> None:
    """List the library or the saved queries, describe, run or add one."""
    if options.enregistrees:
        _lister_gardees(options)
    elif options.nom is None:
        _lister(options)
    elif options.ajouter:
        print(ecrire_bibliotheque(gardees().lire(options.ajouter), options.nom, options.dossier))
    elif options.decrire:
        _decrire(trouver_requete(lire_bibliotheque(), options.nom))
    else:
        _lancer(trouver_requete(lire_bibliotheque(), options.nom), options)


def _lister(options: demandes.Bibliotheque) -> None:
    lignes = [
        (un.nom, un.titre, ", ".join(un.parametres), ", ".join(un.tags))
        for un in _retenues(options.chercher)
    ]
    colonnes = ("nom", "titre", "parametres", "mots_cles")
    donnees = Donnees("Bibliothèque", colonnes, lignes, note=_NOTE_LISTE, de="bibliotheque")
    exporter(donnees, _format(options), options.sortie)


def _retenues(question: str | None) -> list[Requete]:
    """Return the whole library, or what answers a question, the nearest first."""
    toutes = lire_bibliotheque()
    if question is None:
        return list(toutes.values())
    trouvees = chercher(toutes, question)[:TROUVEES]
    if not trouvees:
        raise Refus(
            f"aucune requête ne répond à « {question} »",
            que_faire="Dire autrement, ou lire la liste : infocentre bibliotheque",
        )
    return trouvees


def _lister_gardees(options: demandes.Bibliotheque) -> None:
    lignes = [
        (une.id, une.titre, une.auteur, "oui" if une.partagee else "non", une.modifiee_le.date())
        for une in gardees().lister()
    ]
    colonnes = ("id", "titre", "auteur", "partagee", "modifiee_le")
    donnees = Donnees("Requêtes enregistrées", colonnes, lignes, de="requetes")
    exporter(donnees, _format(options), options.sortie)


def _format(options: demandes.Bibliotheque) -> Any:  # noqa: ANN401 - a Format, checked here
    if options.format == "parquet":
        raise Refus("une liste ne s'écrit pas en parquet", que_faire="Choisir csv ou xlsx.")
    return choisir_forme(options.format, options.sortie, get_args(Fichier))


def gardees() -> Requetes:
    """Return the saved queries that this person may read."""
    return Requetes(ouvrir_magasin(dossier_courant().racine), utilisateur())


def _decrire(requete: Requete) -> None:
    print(f"{requete.titre}\n\n{requete.description}")
    if requete.parametres:
        print("\nParamètres :")
    for nom, parametre in requete.parametres.items():
        print(f"  {decrire_parametre(nom, parametre)}")


def _lancer(requete: Requete, options: demandes.Bibliotheque) -> None:
    donnes = lire_parametres(options.parametre)
    listes = {
        nom: choix(requete.parametres[nom], _interroger)
        for nom in donnes
        if nom in requete.parametres and requete.parametres[nom].requete
    }
    donner(requete, valeurs(requete, donnes, listes), options)


def _interroger(sql: str) -> list[tuple[Any, ...]]:
    return executer(dossier_courant(), sql, acces=acces()).lignes

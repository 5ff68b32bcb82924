"""`infocentre messagerie`: how mails leave, who signs them."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path

from infocentre.affaires import Acteur
from infocentre.cli import options as demandes
from infocentre.decisions import ouvrir_magasin, utilisateur
from infocentre.demarches import rebonds
from infocentre.demarches import reglages_messagerie as reglages
from infocentre.demarches.registre import registre_de
from infocentre.entrepot import Dossier
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder

CHAMPS = ("serveur", "port", "securite", "expediteur", "utilisateur", "dossier_rebonds")
SIGNATURE = ("nom", "auteur", "contact")


def messagerie(options: demandes.Messagerie) -> None:
    """Set how mails leave or who signs them, try it, or say what is set."""
    racine = dossier_donnees()
    racine.mkdir(parents=True, exist_ok=True)
    if options.action == "regler":
        dits = _donnes(options, CHAMPS)
        mot = _demander() if options.mot_de_passe else ""
        reglages.regler_messagerie(racine, {**reglages.messagerie_connue(racine), **dits}, mot)
    elif options.action == "signer":
        dits = _donnes(options, SIGNATURE)
        reglages.regler_service(racine, {**reglages.service_connu(racine), **dits})
    elif options.action == "oublier":
        reglages.oublier_mot_de_passe(racine)
    elif options.action == "essayer":
        if not options.vers:
            raise Refus("il manque --vers", que_faire="Donner l'adresse qui recevra l'essai.")
        reglages.essayer(racine, options.vers)
        print(f"Essai parti à {options.vers}.")
        return
    elif options.action == "rebonds":
        _rebonds(options.quoi)
        return
    _dire()


def _donnes(options: demandes.Messagerie, noms: Sequence[str]) -> dict[str, str]:
    """Return the fields that were given; one given empty takes away what is set."""
    return {nom: un for nom in noms if (un := getattr(options, nom)) is not None}


def _rebonds(chemins: Sequence[Path]) -> None:
    """Mark the addresses to which messages came back; say what is not one of ours."""
    if not chemins:
        raise Refus("il manque l'avis", que_faire="Un fichier .eml, un mbox, un dossier Maildir.")
    dossier = Dossier(dossier_donnees())
    registre = registre_de(dossier, Acteur(utilisateur()))
    lus: list[rebonds.Rebond] = []
    for chemin in chemins:
        for nom, octets in rebonds.courriels(chemin):
            try:
                lus += rebonds.lire(octets, nom)
            except Refus as refus:
                if len(chemins) == 1 and chemin.is_file():
                    raise
                print(f"{nom} : laissé, {refus.quoi}")
    notees, autres = rebonds.noter(ouvrir_magasin(dossier.racine), registre, lus)
    for une in notees:
        print(f"{une.adresse} : refusée, {une.motif} (affaire {une.affaire})")
    for un in autres:
        print(f"{un.adresse} : laissée, aucun message d'ici ne lui est parti sous ce nom")
    print(f"{accorder(len(notees), 'adresse marquée', 'adresses marquées')}.")


def _demander() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Mot de passe de la messagerie : ")
    return sys.stdin.readline().rstrip("\n")


def _dire() -> None:
    racine = dossier_donnees()
    connue = reglages.messagerie_connue(racine)
    if not connue:
        print("messagerie : aucun serveur réglé, les messages s'écrivent en .eml")
    for nom, un in connue.items():
        print(f"{nom} : {un}")
    if connue:
        print(f"mot de passe : {'gardé' if reglages.mot_de_passe_connu(racine) else 'aucun'}")
    for nom, un in reglages.service_connu(racine).items():
        print(f"{nom} : {un or '–'}")

"""`infocentre messagerie`: how mails leave, who signs them."""

from __future__ import annotations

import getpass
import sys

from infocentre.cli import options as demandes
from infocentre.demarches import reglages_messagerie as reglages
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus

CHAMPS = ("serveur", "port", "securite", "expediteur", "utilisateur")
SIGNATURE = ("nom", "auteur", "contact")


def messagerie(options: demandes.Messagerie) -> None:
    """Set how mails leave or who signs them, try it, or say what is set."""
    racine = dossier_donnees()
    racine.mkdir(parents=True, exist_ok=True)
    if options.action == "regler":
        dits = {nom: getattr(options, nom) for nom in CHAMPS if getattr(options, nom)}
        mot = _demander() if options.mot_de_passe else ""
        reglages.regler_messagerie(racine, {**reglages.messagerie_connue(racine), **dits}, mot)
    elif options.action == "signer":
        dits = {nom: getattr(options, nom) for nom in SIGNATURE if getattr(options, nom)}
        reglages.regler_service(racine, {**reglages.service_connu(racine), **dits})
    elif options.action == "oublier":
        reglages.oublier_mot_de_passe(racine)
    elif options.action == "essayer":
        if not options.vers:
            raise Refus("il manque --vers", que_faire="Donner l'adresse qui recevra l'essai.")
        reglages.essayer(racine, options.vers)
        print(f"Essai parti à {options.vers}.")
        return
    _dire()


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

"""The command on accounts: who may sign in, made and closed from the machine itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from infocentre.acces.attribution import en_mots, perimetre_du_role
from infocentre.acces.audit import Trace, tracer
from infocentre.acces.avis import LesAvis
from infocentre.acces.comptes import Compte, Comptes, Fiche
from infocentre.acces.jetons import ENTREE
from infocentre.acces.modele import SEUL
from infocentre.acces.politique import ROLES
from infocentre.acces.roles import Role
from infocentre.acces.sessions import Sessions
from infocentre.cli import options as demandes
from infocentre.contrat.intitules import libelle
from infocentre.decisions import ouvrir_magasin
from infocentre.exports import Donnees, exporter
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import a_present, dater_heure

MACHINE = "la machine du service"  # who asks, where nobody has signed in
ENTREE_DUREE = dt.timedelta(minutes=15)
TITRES = {
    "compte": "compte",
    "nom": libelle("nom"),
    "role": "rôle",
    "perimetre": "périmètre",
    "etat": libelle("etat"),
    "ouverte": "ouverte le",
    "vue": "vue le",
    "par": "par",
    "adresse": libelle("adresse"),
}


def comptes(options: demandes.Comptes) -> None:
    """List the accounts, or do what is asked of one."""
    if options.action in {None, "lister"}:
        if options.format == "table" and _tous().aucun():
            print("Aucun compte : l'installation est celle d'une seule personne.")
        else:
            exporter(_liste(), options.format, options.sortie)
    else:
        _ACTIONS[str(options.action)](options)


def _tous() -> Comptes:
    return Comptes(ouvrir_magasin(dossier_donnees()))


def _liste() -> Donnees:
    lignes = [
        (un.identifiant, un.nom, ROLES[un.role].nom, en_mots(un.perimetre), _etat(un))
        for un in _tous().lister()
    ]
    colonnes = ("compte", "nom", "role", "perimetre", "etat")
    return Donnees("Comptes", colonnes, lignes, titres=TITRES)


def _etat(un: Compte) -> str:
    if un.ferme_le:
        return f"fermé le {dater_heure(un.ferme_le)}"
    return "ouvert" if un.a_mot_de_passe or un.sujet else "mot de passe à choisir"


def _inviter(options: demandes.Comptes) -> None:
    role = Role(_exiger(options.role, "--role"))
    lieux = {
        "departements": options.departement,
        "epci": options.epci,
        "organismes": options.organisme,
        "guichets": options.guichet,
    }
    fiche = Fiche(
        _exiger(options.compte, "l'adresse électronique du compte"),
        _exiger(options.nom, "--nom"),
        role,
        perimetre_du_role(role, lieux),
        options.siret or "",
    )
    jeton = _tous().inviter(fiche)
    compte = _compte(options)
    _tracer(compte, f"invité, {ROLES[role].nom}, {en_mots(compte.perimetre)}")
    print(f"Compte {compte.identifiant} : {ROLES[role].nom}, {en_mots(compte.perimetre)}.")
    _remettre(compte, jeton, options)


def _lien(options: demandes.Comptes) -> None:
    compte = _compte(options)
    if options.sans_facteur:
        _tous().oublier_facteur(compte.identifiant, MACHINE)
        _tracer(compte, f"second facteur ôté, depuis {MACHINE}")
        print(f"Compte {compte.identifiant} : il n'a plus de second facteur.")
    if not options.entrer:
        jeton = _tous().lien(compte.identifiant, dits={"par": MACHINE})
        _tracer(compte, f"lien pour choisir un mot de passe, depuis {MACHINE}")
        _remettre(compte, jeton, options)
        return
    if not compte.ouvert:
        raise Refus(f"le compte « {compte.identifiant} » est fermé", que_faire="Le rouvrir.")
    jeton = _tous().jetons.donner(ENTREE, ENTREE_DUREE, compte=compte.identifiant)
    _tracer(compte, f"lien pour se connecter, depuis {MACHINE}")
    quand = dater_heure(a_present())
    dit = (
        f"Un lien qui connecte ce compte sans mot de passe a été fait depuis {MACHINE} le {quand}."
    )
    LesAvis(ouvrir_magasin(dossier_donnees())).donner(compte.identifiant, dit)
    print(f"Lien qui connecte {compte.identifiant}, une fois, pendant 15 minutes :")
    print(_adresse(jeton, options))


def _fermer(options: demandes.Comptes) -> None:
    compte = _compte(options)
    ouvertes = len(Sessions(ouvrir_magasin(dossier_donnees())).de(compte))
    _tous().fermer(compte.identifiant)
    _tracer(compte, f"fermé, depuis {MACHINE}")
    dites = accorder(ouvertes, "session fermée", "sessions fermées")
    print(f"Compte {compte.identifiant} fermé, {dites}.")


def _rouvrir(options: demandes.Comptes) -> None:
    compte = _tous().rouvrir(_compte(options).identifiant)
    jeton = _tous().lien(compte.identifiant, dits={"par": MACHINE})
    _tracer(compte, f"rouvert, depuis {MACHINE}")
    _remettre(compte, jeton, options)


def _sessions(options: demandes.Comptes) -> None:
    ouvertes = Sessions(ouvrir_magasin(dossier_donnees()))
    voulus = [_compte(options)] if options.compte else _tous().lister()
    lignes = [
        (
            un.identifiant,
            dater_heure(une.ouverte_le),
            dater_heure(une.vue_le),
            une.visite.par,
            une.visite.adresse,
        )
        for un in voulus
        for une in ouvertes.de(un)
    ]
    colonnes = ("compte", "ouverte", "vue", "par", "adresse")
    donnees = Donnees("Sessions ouvertes", colonnes, lignes, titres=TITRES)
    exporter(donnees, options.format, options.sortie)


_ACTIONS: Mapping[str, Callable[[demandes.Comptes], None]] = {
    "inviter": _inviter,
    "lien": _lien,
    "fermer": _fermer,
    "rouvrir": _rouvrir,
    "sessions": _sessions,
}


def _compte(options: demandes.Comptes) -> Compte:
    return _tous().lire(_exiger(options.compte, "l'adresse électronique du compte"))


def _exiger(dit: str | None, quoi: str) -> str:
    if not dit:
        raise Refus(f"il manque {quoi}", que_faire="Voir infocentre comptes --help.")
    return dit


def _remettre(compte: Compte, jeton: str, options: demandes.Comptes) -> None:
    """Send the link, or show it: once, as it is kept nowhere."""
    if options.envoyer:
        from infocentre.demarches.invitations import envoyer_lien

        envoyer_lien(dossier_donnees(), compte, jeton, _ici(options))
        print(f"Lien envoyé à {compte.identifiant}.")
        return
    print("Lien à lui remettre, par lequel choisir un mot de passe (il sert une fois) :")
    print(_adresse(jeton, options))


def _adresse(jeton: str, options: demandes.Comptes) -> str:
    from infocentre.demarches.invitations import adresse_du_lien

    return adresse_du_lien(jeton, _ici(options))


def _ici(options: demandes.Comptes) -> str:
    return f"http://127.0.0.1:{options.port}"


def _tracer(compte: Compte, fait: str) -> None:
    magasin = ouvrir_magasin(dossier_donnees())
    tracer(magasin, SEUL, Trace.COMPTE, compte.identifiant, fait=fait)

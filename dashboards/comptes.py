"""Accounts: one's own, and those of the installation for who administers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import flask

from dashboards import temoin
from dashboards.connexion import MAUVAIS, ouvrir, session_ouverte
from dashboards.courant import acces, lecteur
from infocentre.acces.attribution import LIEUX, NOMS, ROLES, en_mots, perimetre_du_role
from infocentre.acces.audit import Trace, tracer
from infocentre.acces.comptes import Compte, Comptes, Fiche, normaliser
from infocentre.acces.freins import Freins, de_l_adresse, du_compte
from infocentre.acces.modele import Role
from infocentre.acces.sessions import Session, Sessions
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.demarches.invitations import adresse_du_lien, envoyer_lien
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule
from infocentre.noyau.temps import dater_heure

comptes = flask.Blueprint("comptes", __name__)
MIEN, TOUS = "/compte", "/comptes"


# --- One's own account ----------------------------------------------------------------------------


@comptes.get(MIEN)
def le_mien() -> flask.typing.ResponseReturnValue:
    """Show who is signed in, what they may see, their open sessions."""
    return _mon_compte()


@comptes.post(MIEN)
def changer_le_mien() -> flask.typing.ResponseReturnValue:
    """Sign out everywhere else, or go and choose another password."""
    if refus := temoin.verifier_preuve():
        return refus
    session = _session()
    try:
        if flask.request.form.get("action") == "sessions":
            return _fermer_les_autres(session)
        return flask.redirect(f"/lien/{_lien_pour_moi(session.compte)}", 303)
    except Refus as refus_:
        return _mon_compte(refus_), 422


def _mon_compte(refus: Refus | None = None, dit: str = "") -> flask.Response:
    session = _session()
    siennes = Sessions(_magasin()).de(session.compte)
    return _rendre(
        "compte.html",
        titre="Mon compte",
        compte=session.compte,
        role=ROLES[session.compte.role],
        perimetre=majuscule(en_mots(session.compte.perimetre)),
        sessions=[_dire_session(une, ici=une.nom == session.nom) for une in siennes],
        refus=refus,
        dit=dit,
    )


def _fermer_les_autres(session: Session) -> flask.Response:
    """End all sessions and open one again: what a thief holds of this one is worth nothing."""
    nombre = Sessions(_magasin()).fermer_toutes(session.compte) - 1
    _tracer(
        session.compte, f"{accorder(nombre, 'autre session fermée', 'autres sessions fermées')}"
    )
    return ouvrir(session.compte, session.visite.par, MIEN, session.visite.id_token)


def _lien_pour_moi(compte: Compte) -> str:
    """Return a link to choose another password, to who knows the one of today."""
    ralentis = du_compte(compte.identifiant), de_l_adresse(flask.request.remote_addr or "")
    freins, tous = Freins(_magasin()), Comptes(_magasin())
    freins.compter(ralentis)
    if not tous.verifier(compte.identifiant, flask.request.form.get("mot_de_passe", "")):
        raise Refus("ce n'est pas le mot de passe actuel", que_faire=MAUVAIS.que_faire)
    freins.rendre(*ralentis)
    return tous.lien(compte.identifiant)


def _session() -> Session:
    session = session_ouverte()
    if session is None:
        raise Refus("cette installation n'a pas encore de compte", que_faire="En créer un d'abord.")
    return session


# --- All accounts ---------------------------------------------------------------------------------


@comptes.get(TOUS)
def tous() -> flask.typing.ResponseReturnValue:
    """Show the accounts, and what invites a person."""
    return _liste()


@comptes.post(TOUS)
def inviter() -> flask.typing.ResponseReturnValue:
    """Make an account and its link."""
    if refus := temoin.verifier_preuve():
        return refus
    try:
        fiche = _lire_fiche(flask.request.form.get("identifiant", ""))
        jeton = Comptes(_magasin()).inviter(fiche)
    except Refus as refus_:
        return _liste(refus_, flask.request.form), 422
    compte = Comptes(_magasin()).lire(fiche.identifiant)
    _tracer(compte, f"invité, {ROLES[compte.role]}, {en_mots(compte.perimetre)}")
    return _fiche(compte.identifiant, **_remettre(compte, jeton))


@comptes.get(f"{TOUS}/<identifiant>")
def fiche(identifiant: str) -> flask.typing.ResponseReturnValue:
    """Show an account and what may be done of it."""
    return _fiche(identifiant)


@comptes.post(f"{TOUS}/<identifiant>")
def agir(identifiant: str) -> flask.typing.ResponseReturnValue:
    """Do what a button of the page of an account says."""
    if refus := temoin.verifier_preuve():
        return refus
    try:
        compte = Comptes(_magasin()).lire(identifiant)
        faire = ACTIONS.get(flask.request.form.get("action", ""), _inconnue)
        return _fiche(identifiant, **faire(compte))
    except Refus as refus_:
        return _fiche(identifiant, refus=refus_, saisi=flask.request.form), 422


def _changer(compte: Compte) -> dict[str, Any]:
    change = Comptes(_magasin()).changer(_lire_fiche(compte.identifiant))
    _tracer(compte, f"changé, {ROLES[change.role]}, {en_mots(change.perimetre)}")
    return {"dit": "Le compte est changé, dès maintenant."}


def _fermer(compte: Compte) -> dict[str, Any]:
    ouvertes = len(Sessions(_magasin()).de(compte))
    Comptes(_magasin()).fermer(compte.identifiant)
    _tracer(compte, "fermé")
    siennes = accorder(ouvertes, "session ouverte est close", "sessions ouvertes sont closes")
    return {"dit": f"Le compte est fermé, dès maintenant{f' : {siennes}' if ouvertes else ''}."}


def _rouvrir(compte: Compte) -> dict[str, Any]:
    jeton = Comptes(_magasin()).rouvrir(compte.identifiant)
    _tracer(compte, "rouvert")
    return _remettre(replace(compte, ferme_le=None), jeton)


def _relier(compte: Compte) -> dict[str, Any]:
    jeton = Comptes(_magasin()).lien(compte.identifiant)
    _tracer(compte, "lien pour choisir un mot de passe")
    return _remettre(compte, jeton)


def _deconnecter(compte: Compte) -> dict[str, Any]:
    nombre = Sessions(_magasin()).fermer_toutes(compte)
    dites = accorder(nombre, "session fermée", "sessions fermées")
    _tracer(compte, dites)
    return {"dit": f"{majuscule(dites)}."}


ACTIONS: Mapping[str, Callable[[Compte], dict[str, Any]]] = {
    "changer": _changer,
    "fermer": _fermer,
    "rouvrir": _rouvrir,
    "lien": _relier,
    "deconnecter": _deconnecter,
}


def _inconnue(_: Compte) -> dict[str, Any]:
    raise Refus("cette demande n'est pas connue", que_faire="La refaire depuis la page.")


def _remettre(compte: Compte, jeton: str) -> dict[str, Any]:
    """Send a link to the person; without a mail server, it is given to who administers."""
    try:
        envoyer_lien(lecteur().dossier.racine, compte, jeton, flask.request.host_url)
    except Refus as refus:
        lien = adresse_du_lien(jeton, flask.request.host_url)
        return {"lien": lien, "sans_envoi": majuscule(refus.quoi)}
    return {"dit": f"Un lien est envoyé à {compte.identifiant}."}


def _lire_fiche(identifiant: str) -> Fiche:
    """Return what a form says of an account: these fields, and no other, are read."""
    lu = flask.request.form
    try:
        role = Role(lu.get("role", ""))
    except ValueError:
        raise Refus("le rôle manque", que_faire="En choisir un dans la liste.") from None
    lieux = {nom: lu.get(nom, "").replace(",", " ").split() for nom in NOMS}
    return Fiche(
        normaliser(identifiant),
        lu.get("nom", ""),
        role,
        perimetre_du_role(role, lieux),
        lu.get("organisme", ""),
    )


def _tracer(compte: Compte, fait: str) -> None:
    tracer(_magasin(), acces(), Trace.COMPTE, compte.identifiant, fait=fait)


def _liste(refus: Refus | None = None, saisi: Mapping[str, str] | None = None) -> flask.Response:
    connus = Comptes(_magasin()).lister()
    lignes = [
        {
            "compte": un,
            "role": ROLES[un.role],
            "perimetre": en_mots(un.perimetre),
            "etat": _etat(un),
        }
        for un in connus
    ]
    return _rendre(
        "comptes.html", titre="Comptes", lignes=lignes, refus=refus, saisi=saisi or {}, **_choix()
    )


def _fiche(
    identifiant: str,
    *,
    refus: Refus | None = None,
    saisi: Mapping[str, str] | None = None,
    **dits: object,
) -> flask.Response:
    compte = Comptes(_magasin()).lire(identifiant)
    p = compte.perimetre
    tenu = {
        "nom": compte.nom,
        "role": str(compte.role),
        "organisme": compte.organisme,
        **{nom: " ".join(sorted(getattr(p, nom) or ())) for nom in NOMS},
    }
    if p.departements is None and "departements" in LIEUX[compte.role] and not p.epci:
        tenu["departements"] = "tous"
    return _rendre(
        "fiche_compte.html",
        titre=compte.nom,
        compte=compte,
        etat=_etat(compte),
        perimetre=majuscule(en_mots(p)),
        role=ROLES[compte.role],
        sessions=[_dire_session(une) for une in Sessions(_magasin()).de(compte)],
        saisi=saisi if saisi and saisi.get("action") == "changer" else tenu,
        refus=refus,
        **_choix(),
        **dits,
    )


def _choix() -> dict[str, object]:
    return {"roles": [(str(role), nom) for role, nom in ROLES.items()]}


def _etat(compte: Compte) -> str:
    if compte.ferme_le:
        return f"fermé le {dater_heure(compte.ferme_le)}"
    return "ouvert" if compte.a_mot_de_passe or compte.sujet else "mot de passe à choisir"


def _dire_session(une: Session, *, ici: bool = False) -> dict[str, object]:
    return {
        "ouverte": dater_heure(une.ouverte_le),
        "vue": dater_heure(une.vue_le),
        "par": une.visite.par,
        "adresse": une.visite.adresse,
        "navigateur": _nommer(une.visite.navigateur),
        "ici": ici,
    }


# What a browser calls itself, most precise first: they all claim to be several.
_NAVIGATEURS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMES = {"Windows": "Windows", "iPhone": "iPhone", "iPad": "iPad", "Macintosh": "Mac"} | {
    "Android": "Android",
    "Linux": "Linux",
}


def _nommer(navigateur: str) -> str:
    """Return « Firefox sous Windows » for how a browser names itself."""
    nom, systeme = (
        next((dit for mot, dit in noms.items() if mot in navigateur), "")
        for noms in (_NAVIGATEURS, _SYSTEMES)
    )
    return " sous ".join(filter(None, (nom or "Navigateur inconnu", systeme)))


def _rendre(gabarit: str, **dits: object) -> flask.Response:
    page = flask.render_template(gabarit, preuve=temoin.preuve(), **dits)
    return temoin.poser_visite(flask.make_response(page))


def _magasin() -> Magasin:
    return ouvrir_magasin(lecteur().dossier.racine)

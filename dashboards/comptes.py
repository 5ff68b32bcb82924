"""Accounts: one's own, and those of the installation for who administers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import flask

from dashboards import temoin
from dashboards.connexion import (
    MIEN,
    OUBLIE,
    facteurs,
    ouvrir,
    retour_permis,
    session_ouverte,
)
from dashboards.courant import acces, lecteur
from infocentre.acces.abonnements import Abonnements
from infocentre.acces.attribution import NOMS, en_mots, perimetre_du_role
from infocentre.acces.audit import Trace, tracer
from infocentre.acces.avis import LesAvis
from infocentre.acces.comptes import Compte, Comptes, Fiche, normaliser
from infocentre.acces.facteurs import adresse_otpauth
from infocentre.acces.freins import Freins, d_une_session
from infocentre.acces.habitudes import Habitudes
from infocentre.acces.jetons import FACTEUR, MOT_DE_PASSE
from infocentre.acces.modele import Action, Role
from infocentre.acces.perimetre import TOUT
from infocentre.acces.politique import ROLES
from infocentre.acces.remplacements import NOMS as QUOIS
from infocentre.acces.remplacements import Remplacements
from infocentre.acces.sessions import Session, Sessions
from infocentre.contrat.territoires import nom_departement
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.demarches.invitations import (
    CHOISIR,
    OTER,
    adresse_du_lien,
    choisi_par,
    envoyer_lien,
    messagerie_reglee,
)
from infocentre.demarches.recapitulatif import RYTHME, RYTHMES
from infocentre.lecture.commun import departements
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import epcis
from infocentre.lecture.recherche import inscrits
from infocentre.noyau.config import adresse_publique
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, clef_de_tri, majuscule, minuscule
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import a_present, dater_heure

comptes = flask.Blueprint("comptes", __name__)
R = TypeVar("R")
TOUS = "/comptes"


# --- One's own account ----------------------------------------------------------------------------


@comptes.get(MIEN)
def le_mien() -> flask.typing.ResponseReturnValue:
    """Show who is signed in, what they may see, their open sessions."""
    return _mon_compte()


@comptes.post(MIEN)
def changer_le_mien() -> flask.typing.ResponseReturnValue:
    """Do what a button of one's own page says."""
    if refus := temoin.verifier_preuve():
        return refus
    session = _session()
    try:
        faire = MIENNES.get(flask.request.form.get("action", ""), _changer_de_mot)
        return faire(session)
    except Refus as refus_:
        return _mon_compte(refus=refus_), 422


def _mon_compte(**dits: object) -> flask.Response:
    session = _session()
    compte, magasin = session.compte, _magasin()
    remplacements = Remplacements(magasin)
    siens = facteurs()
    return _rendre(
        "compte.html",
        titre="Mon compte",
        compte=compte,
        role=ROLES[compte.role].nom,
        perimetre=majuscule(en_mots(compte.perimetre)),
        sessions=[
            _dire_session(une, ici=une.nom == session.nom) for une in Sessions(magasin).de(compte)
        ],
        avis=LesAvis(magasin).de(compte.identifiant),
        suite=retour_permis(flask.request.values.get("suite", "")),
        le_mien=remplacements.de(compte.identifiant),
        a_confirmer=remplacements.confirmables(compte.acces),
        facteur=siens.a(compte),
        restants=siens.restants(compte),
        rythmes=list(RYTHMES.items()),
        rythme=Habitudes(magasin, compte.identifiant).lire().get(RYTHME, ""),
        messagerie=messagerie_reglee(lecteur().dossier.racine),
        abonne=Abonnements(magasin).a(compte.identifiant),
        affaires=compte.acces.peut(Action.AFFAIRES),
        **dits,
    )


def _fermer_les_autres(session: Session) -> flask.Response:
    """End all sessions and open one again: what a thief holds of this one is worth nothing."""
    nombre = Sessions(_magasin()).fermer_toutes(session.compte) - 1
    _tracer(
        session.compte, f"{accorder(nombre, 'autre session fermée', 'autres sessions fermées')}"
    )
    return ouvrir(session.compte, session.visite.par, MIEN, session.visite.id_token)


def _changer_de_mot(session: Session) -> flask.typing.ResponseReturnValue:
    _exiger_mot(session)
    return flask.redirect(f"/lien/{Comptes(_magasin()).lien(session.compte.identifiant)}", 303)


def _exiger_mot(session: Session) -> None:
    """Raise Refus unless the form has the password of today."""
    frein, freins = d_une_session(session.nom), Freins(_magasin())
    freins.compter([frein])
    mot = flask.request.form.get("mot_de_passe", "")
    if not Comptes(_magasin()).verifier(session.compte.identifiant, mot):
        raise Refus(
            "ce n'est pas le mot de passe actuel", que_faire=f"Le saisir de nouveau. {OUBLIE}"
        )
    freins.rendre([frein])


def _lire_les_avis(session: Session) -> flask.typing.ResponseReturnValue:
    LesAvis(_magasin()).lire(session.compte.identifiant)
    return flask.redirect(retour_permis(flask.request.form.get("suite", "")), 303)


def _recapituler(session: Session) -> flask.Response:
    """Keep how often what waits is sent to the holder."""
    voulu = flask.request.form.get("rythme", "")
    if voulu not in RYTHMES:
        raise Refus("ce rythme n'existe pas", que_faire="En choisir un de la liste.")
    Habitudes(_magasin(), session.compte.identifiant).garder(**{RYTHME: voulu})
    return _mon_compte(dit=f"Récapitulatif par courriel : {minuscule(RYTHMES[voulu])}.")


def _preparer_facteur(session: Session) -> flask.Response:
    """Show the key of a second factor to who knows the password, if there is one."""
    if session.compte.a_mot_de_passe:
        _exiger_mot(session)
    secret = facteurs().preparer(session.compte)
    otpauth = adresse_otpauth(session.compte.identifiant, secret)
    return _mon_compte(secret=secret, otpauth=otpauth)


def _confirmer_facteur(session: Session) -> flask.Response:
    codes = _avec_code(session, facteurs().confirmer)
    _tracer(session.compte, "second facteur ajouté")
    return _mon_compte(codes=codes)


def _oter_facteur(session: Session) -> flask.Response:
    _avec_code(session, facteurs().oter)
    _tracer(session.compte, "second facteur ôté")
    return _mon_compte(dit="Le second facteur est ôté.")


def _avec_code(session: Session, faire: Callable[[Compte, str], R]) -> R:
    """Do what a code of the form is asked for, slowly when it is not good."""
    frein, freins = d_une_session(session.nom), Freins(_magasin())
    freins.compter([frein])
    fait = faire(session.compte, flask.request.form.get("code", ""))
    freins.rendre([frein])
    return fait


def _reprendre(session: Session) -> flask.typing.ResponseReturnValue:
    """Have the holder do at once, from a session of theirs, what was asked for them."""
    jeton = Remplacements(_magasin()).reprendre(session.compte.identifiant)
    _tracer(session.compte, "remplacement repris depuis une session ouverte")
    return flask.redirect(f"/lien/{jeton}", 303)


def _refuser(session: Session) -> flask.Response:
    Remplacements(_magasin()).refuser(session.compte.identifiant)
    _tracer(session.compte, "remplacement refusé par le titulaire")
    return _mon_compte(dit="Le remplacement est refusé : rien ne change.")


def _confirmer(session: Session) -> flask.Response:
    """Confirm what another asked for a third: what is shown is good with their code only."""
    identifiant = flask.request.form.get("compte", "")
    demande, jeton = Remplacements(_magasin()).confirmer(identifiant, session.compte.acces)
    compte = Comptes(_magasin()).lire(demande.compte)
    _tracer(compte, f"remplacement confirmé : {demande.quoi}, demandé par {demande.par}")
    lien = adresse_du_lien(jeton, flask.request.host_url)
    return _mon_compte(remis=demande, remis_a=compte.nom, lien=lien)


def _abonner(session: Session) -> flask.Response:
    """Give the address of one's calendar, in the place of the one before: shown here only."""
    jeton = Abonnements(_magasin()).donner(session.compte.identifiant)
    _tracer(session.compte, "adresse de calendrier donnée")
    adresse = f"{adresse_publique() or flask.request.host_url.rstrip('/')}/calendrier/{jeton}.ics"
    return _mon_compte(calendrier=adresse)


def _revoquer(session: Session) -> flask.Response:
    Abonnements(_magasin()).revoquer(session.compte.identifiant)
    _tracer(session.compte, "adresse de calendrier révoquée")
    return _mon_compte(dit="L’adresse du calendrier ne donne plus rien.")


MIENNES: Mapping[str, Callable[[Session], flask.typing.ResponseReturnValue]] = {
    "sessions": _fermer_les_autres,
    "avis": _lire_les_avis,
    "recapitulatif": _recapituler,
    "facteur": _preparer_facteur,
    "facteur-confirmer": _confirmer_facteur,
    "facteur-oter": _oter_facteur,
    "reprendre": _reprendre,
    "refuser": _refuser,
    "confirmer": _confirmer,
    "calendrier": _abonner,
    "calendrier-revoquer": _revoquer,
}


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
        Comptes(_magasin()).inviter(fiche, acces().qui)
    except Refus as refus_:
        return _liste(refus_, _saisi()), 422
    compte = Comptes(_magasin()).lire(fiche.identifiant)
    _tracer(compte, f"invité, {ROLES[compte.role].nom}, {en_mots(compte.perimetre)}")
    return _fiche(compte.identifiant, **_remettre(compte))


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
        return _fiche(identifiant, refus=refus_, saisi=_saisi()), 422


def _changer(compte: Compte) -> dict[str, Any]:
    voulue = _lire_fiche(compte.identifiant)
    siens = (voulue.role, voulue.perimetre) == (compte.role, compte.perimetre)
    if compte.identifiant == acces().qui and not siens:
        raise Refus(
            "personne ne change ses propres droits",
            que_faire="Le demander à un autre administrateur des comptes.",
        )
    change = Comptes(_magasin()).changer(voulue)
    _tracer(compte, f"changé, {ROLES[change.role].nom}, {en_mots(change.perimetre)}")
    return {"dit": "Le compte est changé, dès maintenant."}


def _fermer(compte: Compte) -> dict[str, Any]:
    ouvertes = len(Sessions(_magasin()).de(compte))
    Comptes(_magasin()).fermer(compte.identifiant)
    _tracer(compte, "fermé")
    siennes = accorder(ouvertes, "session ouverte est close", "sessions ouvertes sont closes")
    return {"dit": f"Le compte est fermé, dès maintenant{f' : {siennes}' if ouvertes else ''}."}


def _rouvrir(compte: Compte) -> dict[str, Any]:
    rouvert = Comptes(_magasin()).rouvrir(compte.identifiant)
    _tracer(compte, "rouvert")
    return _remettre(rouvert)


def _relier(compte: Compte) -> dict[str, Any]:
    return _remettre(Comptes(_magasin()).exiger_ouvert(compte.identifiant))


def _oter_le_sien(compte: Compte) -> dict[str, Any]:
    if not facteurs().a(compte):
        raise Refus("ce compte n'a pas de second facteur", que_faire="Revoir sa page.")
    return _remettre(Comptes(_magasin()).exiger_ouvert(compte.identifiant), FACTEUR)


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
    "facteur": _oter_le_sien,
    "deconnecter": _deconnecter,
}


def _inconnue(_: Compte) -> dict[str, Any]:
    raise Refus("cette demande n'est pas connue", que_faire="La refaire depuis la page.")


def _remettre(compte: Compte, genre: str = MOT_DE_PASSE) -> dict[str, Any]:
    """Have the holder of an account get a link, and nobody else.

    It goes by mail. Without a mail server, that of an account that is nobody's yet is handed over
    by who invites; what opens one that is somebody's is replaced as `Remplacements` says. So it is
    where who asks chose the server: they would read what leaves by it.
    """
    comptes, qui = Comptes(_magasin()), acces().qui
    a_lui = compte.servi_le is not None and _par_son_serveur(comptes, qui)
    if messagerie_reglee(lecteur().dossier.racine) and not a_lui:
        return _envoyer(compte, genre)
    if compte.servi_le is None:
        jeton = comptes.lien(compte.identifiant, genre, {"par": qui})
        _tracer(compte, "lien d’invitation montré")
        lien = adresse_du_lien(jeton, flask.request.host_url)
        return {"lien": lien, "sans_envoi": "Aucun serveur de messagerie n’est réglé"}
    code = Remplacements(_magasin()).demander(compte.identifiant, genre, qui)
    quoi = QUOIS[genre]
    _avertir(compte, f"{majuscule(quoi)} de ce compte va être remplacé, à la demande de {qui}")
    _tracer(compte, f"remplacement demandé : {quoi}")
    return {"code": code, "quoi": quoi, "a_lui": a_lui}


def _par_son_serveur(comptes: Comptes, qui: str) -> bool:
    """Tell whether the mail server was chosen here by an account, or by one of its lineage."""
    regle_par = choisi_par(lecteur().dossier.racine)
    return bool(regle_par) and bool(comptes.lignee(qui) & comptes.lignee(regle_par))


def _envoyer(compte: Compte, genre: str) -> dict[str, Any]:
    """Send a link; one that did not leave is good for nothing."""
    comptes, qui = Comptes(_magasin()), acces().qui
    jeton = comptes.lien(compte.identifiant, genre, {"par": qui})
    objet = replace(OTER if genre == FACTEUR else CHOISIR, par=qui)
    try:
        racine = lecteur().dossier.racine
        envoyer_lien(racine, compte, jeton, flask.request.host_url, objet)
    except Refus:
        comptes.jetons.oter(genre, compte.identifiant)
        raise
    if compte.servi_le:
        quoi = QUOIS[genre]
        _avertir(compte, f"Un lien pour remplacer {quoi} vous est envoyé, à la demande de {qui}")
    _tracer(compte, f"lien envoyé : {QUOIS[genre]}")
    return {"dit": f"Un lien est envoyé à {compte.identifiant}."}


def _avertir(compte: Compte, dit: str) -> None:
    quand = dater_heure(a_present())
    LesAvis(_magasin()).donner(compte.identifiant, f"{dit} ({quand}).")


def _lire_fiche(identifiant: str) -> Fiche:
    """Return what a form says of an account: these fields, and no other, are read."""
    lu = flask.request.form
    try:
        role = Role(lu.get("role", ""))
    except ValueError:
        raise Refus("le rôle manque", que_faire="En choisir un dans la liste.") from None
    lieux = {nom: un.split() for nom, un in lieux_saisis().items()}
    return Fiche(
        normaliser(identifiant),
        lu.get("nom", ""),
        role,
        perimetre_du_role(role, lieux),
        lu.get("organisme", ""),
    )


def lieux_saisis() -> dict[str, str]:
    """Return what a form says of each kind of place: codes that are ticked, or typed."""
    lu = flask.request.form
    return {nom: " ".join(lu.getlist(nom)).replace(",", " ") for nom in NOMS}


def _saisi() -> dict[str, str]:
    """Return what a form holds, to be shown again."""
    return flask.request.form.to_dict() | lieux_saisis()


def _tracer(compte: Compte, fait: str) -> None:
    tracer(_magasin(), acces(), Trace.COMPTE, compte.identifiant, fait=fait)


def _liste(refus: Refus | None = None, saisi: Mapping[str, str] | None = None) -> flask.Response:
    connus = Comptes(_magasin()).lister()
    lignes = [
        {
            "compte": un,
            "role": ROLES[un.role].nom,
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
    if p.departements is None and "departements" in ROLES[compte.role].lieux and not p.epci:
        tenu["departements"] = "tous"
    return _rendre(
        "fiche_compte.html",
        titre=compte.nom,
        compte=compte,
        etat=_etat(compte),
        perimetre=majuscule(en_mots(p)),
        role=ROLES[compte.role].nom,
        sessions=[_dire_session(une) for une in Sessions(_magasin()).de(compte)],
        facteur=facteurs().a(compte),
        attend=Remplacements(_magasin()).de(compte.identifiant),
        saisi=saisi if saisi and saisi.get("action") == "changer" else tenu,
        refus=refus,
        **_choix(),
        **dits,
    )


def _choix() -> dict[str, object]:
    return {
        "roles": [(str(role), un.nom) for role, un in ROLES.items()],
        "lieux": _lieux_connus(),
    }


def _lieux_connus() -> dict[str, list[tuple[str, str]]]:
    """Return the places that an account may be bounded by: code and name; none before any month.

    Who guichets are is public: it is all that is read here of the data.
    """
    ouverte = lecteur().ouvrir()
    if ouverte is None:
        return {}
    v = Lecture(ouverte, TOUT)
    lus, ici = inscrits(v), departements(v)
    siens = noms_organismes(
        {"guichet": un["guichet"], "nom": un["nom"], "organisme": organisme}
        for un in lus
        if (organisme := un["organisme"])
    )
    noms: dict[str, dict[str, str]] = {
        "departements": {code: nom_departement(code) for code in ici},
        "epci": {code: nom for un in ici for code, nom in epcis(v, un).items()},
        "organismes": dict(siens),
        "guichets": {un["guichet"]: un["nom"] or un["guichet"] for un in lus},
    }
    tries = {
        quoi: sorted(unes.items(), key=lambda une: clef_de_tri(une[1]))
        for quoi, unes in noms.items()
    }
    return tries | {"departements": [("tous", "Tous les départements"), *tries["departements"]]}


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

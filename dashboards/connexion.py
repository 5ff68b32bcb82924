"""Signing in and out: who asks, the page that asks them who they are, links good once.

While there is no account, who asks is the person who started the program; no other machine can.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import flask

from dashboards import temoin
from dashboards.composants.identite import identite, vers_le_premier_compte
from dashboards.composants.natifs import Bloc
from dashboards.courant import lecteur, reconnu
from dashboards.protection import LOCAUX, hotes, page_demandee, refuser
from infocentre.acces.appareils import DUREE, Appareils
from infocentre.acces.audit import Trace, tracer, tracer_echec
from infocentre.acces.avis import LesAvis
from infocentre.acces.comptes import Compte, Comptes, demande_par
from infocentre.acces.facteurs import Facteurs, adresse_otpauth, roles_exiges
from infocentre.acces.freins import Frein, Freins, d_un_facteur, d_un_lien, d_une_entree
from infocentre.acces.jetons import ENTREE, FACTEUR, MOT_DE_PASSE, SECOND, Jeton
from infocentre.acces.modele import SEUL, Acces, Action
from infocentre.acces.reglage_oidc import lire_reglage
from infocentre.acces.sessions import Session, Sessions, Visite
from infocentre.analystes.fichier import cle
from infocentre.decisions import Magasin, magasin_present, ouvrir_magasin
from infocentre.demarches.invitations import prevenir
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule

CONNEXION, CODE, NOUVELLES = "/connexion", "/connexion/code", "/version"
MIEN = "/compte"
DELAI = dt.timedelta(minutes=10)  # between the password and the code
RETOUR_MAX = 2000
INTERNE = "infocentre.acces"  # of the environment of a request, that no header can set
OUBLIE = (
    "Un mot de passe oublié se remplace : le demander à l'administrateur des comptes, qui vous "
    "fait envoyer un lien."
)
MAUVAIS = Refus(
    "l'adresse ou le mot de passe n'est pas le bon", que_faire=f"Les saisir de nouveau. {OUBLIE}"
)

connexion = flask.Blueprint("connexion", __name__)


# --- Who asks -------------------------------------------------------------------------------------


def reconnaitre() -> Acces | None:
    """Return the rights of who makes this request, None when nobody is known."""
    if interne := flask.request.environ.get(INTERNE):
        return acces_interne(interne)
    if session := session_ouverte():
        return session.compte.acces
    return SEUL if sans_compte() and hotes() == LOCAUX else None


def acces_interne(donne: object) -> Acces | None:
    """Return the rights that the program itself asks with."""
    return donne if isinstance(donne, Acces) else None


def session_ouverte() -> Session | None:
    """Return the session of this request, read once."""
    if "session" not in flask.g:
        secret, magasin = temoin.lire(temoin.SESSION), magasin_present(lecteur().dossier.racine)
        active = flask.request.path != NOUVELLES
        flask.g.session = (
            Sessions(magasin).lire(secret, active=active) if secret and magasin else None
        )
    trouvee: Session | None = flask.g.session
    return trouvee


def sans_compte() -> bool:
    """Tell whether there is no account: the installation is that of one person."""
    magasin = magasin_present(lecteur().dossier.racine)
    return magasin is None or Comptes(magasin).aucun()


def demander_a_entrer() -> flask.typing.ResponseReturnValue:
    """Answer who is not known: the page to sign in where a page is asked, else a sentence."""
    if not page_demandee():
        return refuser(401, "Cette session est fermée", "Se connecter de nouveau.")
    return page_de_connexion(retour=flask.request.full_path.rstrip("?")), 401


@connexion.app_context_processor
def dire_qui() -> dict[str, object]:
    """Give the frame of plain pages who is signed in."""
    moi = flask.g.get("acces")
    if not isinstance(moi, Acces) or not moi.qui:
        return {}
    return {
        "moi": moi,
        "mon_nom": nom_affiche(moi),
        "administre": moi.peut(Action.COMPTES),
        "preuve": temoin.preuve(),
    }


def identite_affichee() -> Bloc | None:
    """Return who is signed in, for the header; while there are no accounts, where one is made."""
    moi = reconnu() if flask.has_request_context() else None
    if moi is None:
        return None
    if not moi.qui:  # no account yet: the first one is made there
        return vers_le_premier_compte()
    return identite(nom_affiche(moi), temoin.preuve(), administre=moi.peut(Action.COMPTES))


def nom_affiche(moi: Acces) -> str:
    """Return the name of a person, and how many notices they have not read."""
    nombre = len(LesAvis(magasin()).de(moi.qui))
    return f"{moi.nom} ({accorder(nombre, 'avis', 'avis')})" if nombre else moi.nom


# --- Signing in -----------------------------------------------------------------------------------


@connexion.get(CONNEXION)
def demander() -> flask.typing.ResponseReturnValue:
    """Ask who it is; who is known goes on."""
    retour = retour_permis(flask.request.args.get("retour", ""))
    return flask.redirect(retour, 303) if reconnu() else page_de_connexion(retour=retour)


@connexion.post(CONNEXION)
def entrer() -> flask.typing.ResponseReturnValue:
    """Open a session to whom the password is of."""
    lu = flask.request.form
    if refus := temoin.verifier_preuve():
        return refus
    retour, identifiant = retour_permis(lu.get("retour", "")), lu.get("identifiant", "")[:254]
    try:
        compte = _verifier(identifiant, lu.get("mot_de_passe", ""))
    except Refus as refus_:
        return page_de_connexion(retour=retour, refus=refus_, identifiant=identifiant), 401
    return poursuivre(compte, "mot de passe", retour)


def _verifier(identifiant: str, mot: str) -> Compte:
    """Return the account of a password; raise Refus when there is none, or too many were tried."""
    freins, ralentis = Freins(magasin()), _freins(identifiant)
    freins.compter(ralentis)
    compte = Comptes(magasin()).verifier(identifiant, mot)
    if compte is None:
        tracer_manquee(Comptes(magasin()).trouver(identifiant), "mot de passe")
        raise MAUVAIS
    freins.rendre(ralentis)
    return compte


def _freins(identifiant: str) -> tuple[Frein, ...]:
    """Return what slows who tries an account, by where they come from."""
    appareil, adresse = temoin.lire(temoin.APPAREIL), flask.request.remote_addr or ""
    lieu = Appareils(magasin()).lieu(identifiant, appareil, adresse)
    return d_une_entree(identifiant, adresse, lieu, appareil)


def tracer_manquee(compte: Compte | None, par: str) -> None:
    """Trace that somebody did not come in, and from which address."""
    adresse = flask.request.remote_addr or ""
    tracer_echec(magasin(), compte.acces if compte else None, CONNEXION, par=par, adresse=adresse)


def ouvrir(
    compte: Compte, par: str, retour: str = "/", id_token: str | None = None
) -> flask.Response:
    """Open a new session, that of before being ended, and go on; notices are read first."""
    if retour == "/":
        retour = "/comptes" if compte.acces.peut(Action.COMPTES) else compte.acces.accueil
    if LesAvis(magasin()).de(compte.identifiant):
        retour = f"{MIEN}?{urlencode({'suite': retour})}"
    return _ouvrir(flask.make_response(flask.redirect(retour, 303)), compte, par, id_token)


def _ouvrir(
    reponse: flask.Response, compte: Compte, par: str, id_token: str | None
) -> flask.Response:
    """Have an answer open a new session, that of before being ended."""
    requete, sessions = flask.request, Sessions(magasin())
    if ancien := temoin.lire(temoin.SESSION):
        sessions.fermer(ancien)
    adresse = requete.remote_addr or ""
    secret = sessions.ouvrir(compte, Visite(par, adresse, str(requete.user_agent), id_token))
    tracer(magasin(), compte.acces, Trace.CONNEXION, CONNEXION, par=par, adresse=adresse)
    appareil = Appareils(magasin()).retenir(compte, temoin.lire(temoin.APPAREIL), adresse)
    temoin.poser(reponse, temoin.APPAREIL, appareil, DUREE)
    temoin.oter(reponse, temoin.VISITE)
    return temoin.poser(reponse, temoin.SESSION, secret)


# --- The second factor ----------------------------------------------------------------------------


def facteurs() -> Facteurs:
    """Return the second factors of the application."""
    return Facteurs(magasin(), cle(lecteur().dossier))


def poursuivre(
    compte: Compte, par: str, retour: str = "/", id_token: str | None = None
) -> flask.Response:
    """Open a session to who has proved the first half, or ask for the second one."""
    try:
        exige = compte.role in roles_exiges() or facteurs().a(compte)
    except Refus as refus:
        return flask.make_response(page_de_connexion(retour=retour, refus=refus), 503)
    if not exige:
        return ouvrir(compte, par, retour, id_token)
    attendu = {
        "compte": compte.identifiant,
        "par": par,
        "retour": retour,
        "id_token": id_token or "",
        "navigateur": temoin.preuve_de_visite(),
    }
    return _page_code(Comptes(magasin()).jetons.donner(SECOND, DELAI, donnees=attendu), compte)


@connexion.post(CODE)
def prouver() -> flask.typing.ResponseReturnValue:
    """Open a session to who has the second factor, or adds the one that their role must have."""
    if refus := temoin.verifier_preuve():
        return refus
    lu, comptes = flask.request.form, Comptes(magasin())
    try:
        attendu = _attendu(comptes, lu.get("jeton", ""))
        compte = comptes.exiger_ouvert(attendu["compte"])
    except Refus as refus_:
        return page_de_connexion(refus=refus_), 401
    try:
        codes = _prouver(compte, lu.get("code", ""))
        comptes.jetons.prendre(SECOND, lu.get("jeton", ""))
    except Refus as refus_:
        tracer_manquee(compte, "second facteur")
        return _page_code(lu.get("jeton", ""), compte, refus_), 401
    par, id_token = f"{attendu['par']} et code", attendu["id_token"] or None
    if not codes:
        return ouvrir(compte, par, attendu["retour"], id_token)
    page = _rendre("secours.html", titre="Codes de secours", codes=codes, suite=attendu["retour"])
    return _ouvrir(page, compte, par, id_token)


def _attendu(comptes: Comptes, jeton: str) -> Mapping[str, str]:
    """Return what was kept with the first half, if this browser gave it; raise Refus."""
    try:
        attendu = comptes.jetons.lire(SECOND, jeton).donnees
    except Refus:
        raise _a_reprendre() from None
    if attendu["navigateur"] != temoin.preuve_de_visite():
        raise _a_reprendre()
    return attendu


def _a_reprendre() -> Refus:
    return Refus(
        "cette connexion n'est plus attendue",
        que_faire="La reprendre : le mot de passe, puis le code dans les dix minutes.",
    )


def _prouver(compte: Compte, code: str) -> list[str]:
    """Use a code; return the codes of help of a factor that it is the first of."""
    freins, frein = Freins(magasin()), d_un_facteur(compte.identifiant)
    freins.compter([frein])
    siens = facteurs()
    codes: list[str] = []
    if siens.a(compte):
        siens.verifier(compte, code)
    else:
        codes = siens.confirmer(compte, code)
        fait = "second facteur ajouté"
        tracer(magasin(), compte.acces, Trace.COMPTE, compte.identifiant, fait=fait)
    freins.rendre([frein])
    return codes


def _page_code(jeton: str, compte: Compte, refus: Refus | None = None) -> flask.Response:
    siens = facteurs()
    secret = "" if siens.a(compte) else siens.preparer(compte)
    return _rendre(
        "code.html",
        titre="Ajouter un second facteur" if secret else "Second facteur",
        jeton=jeton,
        secret=secret,
        otpauth=adresse_otpauth(compte.identifiant, secret),
        refus=refus,
    )


# --- Links good once ------------------------------------------------------------------------------


@connexion.get("/lien/<jeton>")
def suivre_lien(jeton: str) -> flask.typing.ResponseReturnValue:
    """Show what a link is for; one that signs in does so at once when no other site led to it."""
    ailleurs = flask.request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
    try:
        genre, pour = _lire_lien(jeton)
        if genre == ENTREE and not ailleurs and flask.request.method == "GET":
            return _entrer_par(jeton)
    except Refus as refus:
        return _refuser_lien(refus)
    return _page_lien(jeton, genre, pour)


@connexion.post("/lien/<jeton>")
def user_du_lien(jeton: str) -> flask.typing.ResponseReturnValue:
    """Choose the password that a link is for, take the factor away, or sign in by it."""
    if refus := temoin.verifier_preuve():
        return refus
    try:
        genre, pour = _lire_lien(jeton)
        if genre == ENTREE:
            return _entrer_par(jeton)
    except Refus as refus_:
        return _refuser_lien(refus_)
    try:
        compte = _user(jeton, genre, pour)
    except Refus as refus_:
        return _page_lien(jeton, genre, pour, refus_), 422
    return poursuivre(compte, "lien")


def _user(jeton: str, genre: str, pour: Jeton) -> Compte:
    """Do what a link is for; trace who asked for it and who used it, and tell its holder."""
    lu, comptes = flask.request.form, Comptes(magasin())
    code, freins = lu.get("code", ""), Freins(magasin())
    a_deviner = bool(pour.donnees.get("code")) or genre == FACTEUR
    if a_deviner:
        freins.compter([d_un_lien(jeton)])
    if genre == FACTEUR:
        compte = comptes.oter_facteur(jeton, lu.get("mot_de_passe", ""), code)
        fait = "second facteur ôté"
    else:
        compte = comptes.choisir(jeton, _saisi_deux_fois(lu), code)
        fait = "mot de passe choisi"
    if a_deviner:
        freins.rendre([d_un_lien(jeton)])
    adresse = flask.request.remote_addr or ""
    tracer(
        magasin(),
        compte.acces,
        Trace.COMPTE,
        compte.identifiant,
        fait=fait,
        demande=pour.donnees.get("par", ""),
        confirme=pour.donnees.get("avec", ""),
        adresse=adresse,
    )
    dit = f"{majuscule(fait)} par un lien, depuis l’adresse {adresse}{demande_par(pour.donnees)}."
    prevenir(lecteur().dossier.racine, compte, dit)
    return compte


def _saisi_deux_fois(lu: Mapping[str, str]) -> str:
    mot = lu.get("mot_de_passe", "")
    if mot != lu.get("encore"):
        raise Refus("les deux saisies diffèrent", que_faire="Saisir deux fois le même.")
    return mot


def _lire_lien(jeton: str) -> tuple[str, Jeton]:
    """Return what a link is for, and of whose account; raise Refus when it is good no more."""
    jetons = Comptes(magasin()).jetons
    for genre in (ENTREE, FACTEUR):
        with contextlib.suppress(Refus):
            return genre, jetons.lire(genre, jeton)
    return MOT_DE_PASSE, jetons.lire(MOT_DE_PASSE, jeton)


def _entrer_par(jeton: str) -> flask.Response:
    comptes = Comptes(magasin())
    compte = comptes.lire(comptes.jetons.prendre(ENTREE, jeton).compte)
    return ouvrir(compte, "lien")


_TITRES = {ENTREE: "Se connecter", FACTEUR: "Ôter le second facteur"}


def _page_lien(jeton: str, genre: str, pour: Jeton, refus: Refus | None = None) -> flask.Response:
    return _rendre(
        "lien.html",
        titre=_TITRES.get(genre, "Choisir un mot de passe"),
        jeton=jeton,
        genre=genre,
        compte=Comptes(magasin()).lire(pour.compte),
        code=bool(pour.donnees.get("code")),
        demande=demande_par(pour.donnees),
        refus=refus,
    )


def _refuser_lien(refus: Refus) -> flask.typing.ResponseReturnValue:
    return _rendre("lien.html", titre=majuscule(refus.quoi), refus=refus, jeton=""), 404


# --- Pages ----------------------------------------------------------------------------------------


def page_de_connexion(
    *, retour: str = "/", refus: Refus | None = None, identifiant: str = ""
) -> flask.Response:
    """Return the page that asks who it is."""
    return _rendre(
        "connexion.html",
        titre="Se connecter",
        retour_apres=retour,
        refus=refus,
        identifiant=identifiant,
        sans_compte=sans_compte(),
        fournisseur=_nom_du_fournisseur(),
    )


def _nom_du_fournisseur() -> str:
    with contextlib.suppress(Refus):
        reglage = lire_reglage()
        return reglage.nom if reglage else ""
    return ""


def _rendre(gabarit: str, **dits: object) -> flask.Response:
    page = flask.render_template(gabarit, preuve=temoin.preuve(), accueil="", **dits)
    return temoin.poser_visite(flask.make_response(page))


def magasin() -> Magasin:
    """Return the store of the application."""
    return ouvrir_magasin(lecteur().dossier.racine)


def retour_permis(demande: str) -> str:
    """Return where to go on: an address of this site, its accueil when it is no such thing."""
    if (
        not demande.startswith("/")
        or demande.startswith(("//", "/\\"))
        or len(demande) > RETOUR_MAX
    ):
        return "/"
    lue = urlsplit(demande)
    if lue.scheme or lue.netloc or not demande.isprintable() or "\\" in demande:
        return "/"
    return "/" if lue.path.startswith((CONNEXION, "/lien/", "/deconnexion")) else demande

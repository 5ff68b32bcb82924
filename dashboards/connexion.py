"""Signing in and out: who asks, the page that asks them who they are, links good once.

While there is no account, who asks is the person who started the program; no other machine can.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from urllib.parse import urlsplit

import flask

from dashboards import temoin
from dashboards.composants.identite import identite
from dashboards.composants.natifs import Bloc
from dashboards.courant import lecteur, reconnu
from dashboards.protection import LOCAUX, hotes, page_demandee, refuser
from infocentre.acces.audit import Trace, tracer, tracer_echec
from infocentre.acces.comptes import Compte, Comptes
from infocentre.acces.freins import Freins, de_l_adresse, du_compte
from infocentre.acces.jetons import ENTREE, MOT_DE_PASSE
from infocentre.acces.modele import SEUL, Acces, Action
from infocentre.acces.reglage_oidc import lire_reglage
from infocentre.acces.sessions import Session, Sessions, Visite
from infocentre.decisions import Magasin, magasin_present, ouvrir_magasin
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import majuscule

CONNEXION, NOUVELLES = "/connexion", "/version"
RETOUR_MAX = 2000
INTERNE = "infocentre.acces"  # of the environment of a request, that no header can set
MAUVAIS = Refus(
    "l'adresse ou le mot de passe n'est pas le bon",
    que_faire="Les saisir de nouveau. Un mot de passe oublié est remplacé par l'administrateur "
    "des comptes, qui envoie un lien.",
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
        "administre": moi.peut(Action.COMPTES),
        "preuve": temoin.preuve(),
    }


def identite_affichee() -> Bloc | None:
    """Return who is signed in, for the header; None while there are no accounts."""
    moi = reconnu() if flask.has_request_context() else None
    if moi is None or not moi.qui:
        return None
    return identite(moi.nom, temoin.preuve(), administre=moi.peut(Action.COMPTES))


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
    return ouvrir(compte, "mot de passe", retour)


def _verifier(identifiant: str, mot: str) -> Compte:
    """Return the account of a password; raise Refus when there is none, or too many were tried."""
    freins = Freins(magasin())
    ralentis = du_compte(identifiant), de_l_adresse(flask.request.remote_addr or "")
    freins.compter(ralentis)
    compte = Comptes(magasin()).verifier(identifiant, mot)
    if compte is None:
        tracer_manquee(Comptes(magasin()).trouver(identifiant), "mot de passe")
        raise MAUVAIS
    freins.rendre(*ralentis)
    return compte


def tracer_manquee(compte: Compte | None, par: str) -> None:
    """Trace that somebody did not come in, and from which address."""
    adresse = flask.request.remote_addr or ""
    tracer_echec(magasin(), compte.acces if compte else None, CONNEXION, par=par, adresse=adresse)


def ouvrir(
    compte: Compte, par: str, retour: str = "/", id_token: str | None = None
) -> flask.Response:
    """Open a new session, that of before being ended, and go on."""
    requete = flask.request
    sessions = Sessions(magasin())
    if ancien := temoin.lire(temoin.SESSION):
        sessions.fermer(ancien)
    visite = Visite(par, requete.remote_addr or "", str(requete.user_agent), id_token)
    secret = sessions.ouvrir(compte, visite)
    tracer(magasin(), compte.acces, Trace.CONNEXION, CONNEXION, par=par, adresse=visite.adresse)
    if retour == "/":
        retour = "/comptes" if compte.acces.peut(Action.COMPTES) else compte.acces.accueil
    reponse = flask.make_response(flask.redirect(retour, 303))
    temoin.oter(reponse, temoin.VISITE)
    return temoin.poser(reponse, temoin.SESSION, secret)


# --- Links good once ------------------------------------------------------------------------------


@connexion.get("/lien/<jeton>")
def suivre_lien(jeton: str) -> flask.typing.ResponseReturnValue:
    """Show what a link is for; one that signs in does so at once when no other site led to it."""
    jetons = Comptes(magasin()).jetons
    ailleurs = flask.request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
    try:
        if _entre(jeton) and not ailleurs and flask.request.method == "GET":
            return _entrer_par(jeton)
        pour = jetons.lire(ENTREE if _entre(jeton) else MOT_DE_PASSE, jeton)
    except Refus as refus:
        return _refuser_lien(refus)
    return _page_lien(jeton, pour.compte)


@connexion.post("/lien/<jeton>")
def user_du_lien(jeton: str) -> flask.typing.ResponseReturnValue:
    """Choose the password that a link is for, or sign in by it."""
    if refus := temoin.verifier_preuve():
        return refus
    comptes, lu = Comptes(magasin()), flask.request.form
    try:
        if _entre(jeton):
            return _entrer_par(jeton)
        pour = comptes.jetons.lire(MOT_DE_PASSE, jeton)
    except Refus as refus_:
        return _refuser_lien(refus_)
    try:
        compte = comptes.choisir(jeton, _saisi_deux_fois(lu))
    except Refus as refus_:
        return _page_lien(jeton, pour.compte, refus_), 422
    tracer(magasin(), compte.acces, Trace.COMPTE, compte.identifiant, fait="mot de passe choisi")
    return ouvrir(compte, "lien")


def _saisi_deux_fois(lu: Mapping[str, str]) -> str:
    mot = lu.get("mot_de_passe", "")
    if mot != lu.get("encore"):
        raise Refus("les deux saisies diffèrent", que_faire="Saisir deux fois le même.")
    return mot


def _entre(jeton: str) -> bool:
    try:
        return bool(Comptes(magasin()).jetons.lire(ENTREE, jeton).compte)
    except Refus:
        return False


def _entrer_par(jeton: str) -> flask.Response:
    comptes = Comptes(magasin())
    compte = comptes.lire(comptes.jetons.prendre(ENTREE, jeton).compte)
    return ouvrir(compte, "lien")


def _page_lien(jeton: str, identifiant: str, refus: Refus | None = None) -> flask.Response:
    entre = _entre(jeton)
    return _rendre(
        "lien.html",
        titre="Se connecter" if entre else "Choisir un mot de passe",
        jeton=jeton,
        identifiant=identifiant,
        entre=entre,
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

"""Signing in by a provider of identities: the way there, the way back, the way out."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

import flask

from dashboards import temoin
from dashboards.connexion import (
    CONNEXION,
    magasin,
    ouvrir,
    page_de_connexion,
    poursuivre,
    retour_permis,
    session_ouverte,
    tracer_manquee,
)
from infocentre.acces.comptes import Compte, Comptes
from infocentre.acces.jetons import FOURNISSEUR
from infocentre.acces.reglage_oidc import lire_reglage
from infocentre.acces.sessions import Sessions
from infocentre.noyau.config import adresse_publique
from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from infocentre.acces.oidc import Fournisseur, Identite

DELAI = dt.timedelta(minutes=10)
RETOUR = f"{CONNEXION}/retour"
REPRENDRE = "Recommencer depuis cette page."

fournisseur = flask.Blueprint("fournisseur", __name__)


@fournisseur.get(f"{CONNEXION}/fournisseur")
def partir() -> flask.typing.ResponseReturnValue:
    """Send a browser to the provider, with what must come back by the same browser."""
    nonce, verificateur = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    attendu = {
        "nonce": nonce,
        "verificateur": verificateur,
        "navigateur": temoin.preuve_de_visite(),
        "retour": retour_permis(flask.request.args.get("retour", "")),
    }
    try:
        ailleurs = _exiger()
        etat = Comptes(magasin()).jetons.donner(FOURNISSEUR, DELAI, donnees=attendu)
        adresse = ailleurs.partir(_adresse(RETOUR), etat, nonce, verificateur)
    except Refus as refus:
        return page_de_connexion(refus=refus), 401
    return temoin.poser_visite(flask.make_response(flask.redirect(adresse, 303)))


@fournisseur.get(RETOUR)
def revenir() -> flask.typing.ResponseReturnValue:
    """Open a session to who the provider recognised, if an account is theirs."""
    lu = flask.request.args
    try:
        ailleurs, comptes = _exiger(), Comptes(magasin())
        attendu = _attendu(comptes, lu)
        identite = ailleurs.revenir(
            _adresse(RETOUR), lu["code"], attendu["nonce"], attendu["verificateur"]
        )
        compte = compte_de(comptes, identite)
        ailleurs.exiger_niveau(identite, compte.role)
        if compte.sujet is None:
            comptes.lier(compte, identite.sujet)
    except Refus as refus:
        tracer_manquee(None, "fournisseur")
        return page_de_connexion(refus=refus), 401
    # A level that the provider was asked to prove is a second factor: it was proved there.
    entrer = ouvrir if identite.niveau else poursuivre
    return entrer(compte, "fournisseur", attendu["retour"], identite.id_token)


def _attendu(comptes: Comptes, lu: Mapping[str, str]) -> Mapping[str, str]:
    """Return what was kept when this browser left; raise Refus when it is not what comes back."""
    try:
        attendu = comptes.jetons.prendre(FOURNISSEUR, lu.get("state", "")).donnees
    except Refus:
        raise Refus("cette identification n'est plus attendue", que_faire=REPRENDRE) from None
    if attendu["navigateur"] != temoin.preuve_de_visite():
        raise Refus("cette identification vient d'un autre navigateur", que_faire=REPRENDRE)
    if not lu.get("code"):
        raise Refus("l'identification a été abandonnée", que_faire=REPRENDRE)
    return attendu


def compte_de(comptes: Comptes, identite: Identite) -> Compte:
    """Return the account of a person; raise Refus when none is, or it is another's."""
    compte = comptes.trouver(identite.courriel)
    demander = "Le demander à l'administrateur des comptes."
    if compte is None or not compte.ouvert:
        raise Refus(
            f"aucun compte n'est ouvert ici pour {identite.courriel[:80]}", que_faire=demander
        )
    if not compte.organisme or not identite.siret.startswith(compte.organisme):
        raise Refus(
            "votre organisme n'est pas celui de ce compte",
            f"SIRET {identite.siret[:14] or 'non dit'}",
            "Choisir le bon organisme en s'identifiant, ou faire corriger le compte.",
        )
    if compte.sujet not in {None, identite.sujet}:
        raise Refus(
            "cette adresse électronique a changé de titulaire depuis l'ouverture du compte",
            que_faire="Faire rouvrir le compte par l'administrateur.",
        )
    return compte


@fournisseur.post("/deconnexion")
def sortir() -> flask.typing.ResponseReturnValue:
    """End the session, then that of the provider when it is by it that it was opened."""
    if refus := temoin.verifier_preuve():
        return refus
    session = session_ouverte()
    if session:
        Sessions(magasin()).fermer(temoin.lire(temoin.SESSION))
    suite = _adresse_de_sortie(session.visite.id_token if session else None)
    # What a form leads to may be on this site only: a page leads on to the provider's.
    reponse = flask.make_response(
        flask.render_template("sortie.html", titre="Vous êtes déconnecté", suite=suite)
    )
    return temoin.oter(reponse, temoin.SESSION)


def _adresse_de_sortie(id_token: str | None) -> str:
    with contextlib.suppress(Refus):
        return _exiger().quitter(id_token, _adresse(CONNEXION)) if id_token else ""
    return ""


def _exiger() -> Fournisseur:
    from infocentre.acces.oidc import Fournisseur

    reglage = lire_reglage()
    if reglage is None:
        raise Refus("aucun fournisseur d'identité n'est réglé ici", que_faire="Se connecter ici.")
    return Fournisseur(reglage)


def _adresse(chemin: str) -> str:
    return (adresse_publique() or flask.request.host_url.rstrip("/")) + chemin
